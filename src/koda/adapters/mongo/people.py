"""People in MongoDB."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.person_records import PersonRecord
from koda.adapters.mongo.records import Collection, Records
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.ports.people import People

RECORDS = Records("person", "people", PersonRecord)
VERSION = {"schema_version": RECORDS.schema_version}


class MongoPeople(People):
    """All that a MongoDB database knows of users."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        records = self._collection.some(user_ids)
        return {record.id: record.person for record in records if record.person is not None}

    def find(self, user_id: UserId) -> Person | PersonRemoved | None:
        rows = self._collection.select({"_id": user_id}, limit=1)
        removed = [row for row in rows if row.get("removed") is not None]
        # A record that cannot be read hides a name, and lets nobody in who may be removed.
        records = tuple(map(RECORDS.read, removed)) or RECORDS.read_all(rows)
        record = records[0] if records else None
        if record is None:
            return None
        if record.person is None and record.removed is not None:
            return PersonRemoved(user_id, from_milliseconds(record.removed))
        return record.person

    def put(self, person: Person) -> None:
        known = to_milliseconds(person.updated_at)
        updates = {"known": known, "person": documents().write(person), **VERSION}
        self._learn(person.id, {"$lt": known}, updates, {"removed": None, "keys": {}})

    def remove(self, user_id: UserId, at: datetime) -> None:
        known = to_milliseconds(at)
        updates = {"known": known, "removed": known, "person": None, **VERSION}
        if not self._learn(user_id, {"$lte": known}, updates, {"keys": {}}):
            earlier = [{"removed": None}, {"removed": {"$lt": known}}]
            with translated():
                self._update({"_id": user_id, "$or": earlier}, {"$set": {"removed": known}})

    def _learn(self, user_id: UserId, known: Document, updates: Document, first: Document) -> bool:
        """Take an update of a user, unless what is `known` is newer; whether it was taken.

        Of two callers that both find nothing kept, the later one then finds what the first kept.
        """
        wanted = {"_id": user_id, "known": known}
        with translated():
            try:
                return self._update(wanted, {"$set": updates, "$setOnInsert": first}, upsert=True)
            except DuplicateKeyError:
                return self._update(wanted, {"$set": updates})

    def _update(self, wanted: Document, change: Document, *, upsert: bool = False) -> bool:
        """Whether one fitted, or was made."""
        collection = self._database.collection(RECORDS.collection)
        result = collection.update_one(wanted, change, upsert=upsert)
        return bool(result.matched_count or result.upserted_id)
