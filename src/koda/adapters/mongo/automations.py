"""Automations in MongoDB."""

from collections.abc import Iterable, Mapping, Sequence

from koda.adapters.mongo import index_labels, index_records
from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.indexes import FILES, FINGERPRINTS, HELD, OF_SELLER
from koda.adapters.mongo.keyset import behind
from koda.adapters.mongo.records import (
    Collection,
    Records,
    page_of,
    save,
    writable,
)
from koda.domain.model.automations import Automation
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.search.indexing import labels_of
from koda.ports.automations import Automations


def _keys_of(automation: Automation) -> Document:
    """What is asked of an automation beside its own fields."""
    place = automation.held_place
    return {
        "created": to_milliseconds(automation.created_at),
        "files": sorted(automation.file_keys),
        "fingerprints": sorted(automation.fingerprints),
        **({"held": place.value} if place else {}),
        **index_labels.keys_of(automation),
    }


RECORDS = Records("automation", "automations", Automation, _keys_of)
BY_ID = (("_id", 1),)
LONGEST_HELD = (("keys.held", 1), ("_id", 1))
NEWEST = (("keys.created", -1), ("_id", -1))


class MongoAutomations(Automations):
    """All automations of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def get(self, automation_id: AutomationId) -> Automation:
        return self._collection.get(automation_id)

    def some(self, automation_ids: Iterable[AutomationId]) -> Mapping[AutomationId, Automation]:
        return {automation.id: automation for automation in self._collection.some(automation_ids)}

    def add(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> None:
        with index_records.counted(self._database, frozenset(), _labels_of(automation)):
            self._collection.add(automation, events)

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        before = self._labels_before(automation)
        with index_records.counted(self._database, before, _labels_of(automation)):
            return save(self._collection, automation, events)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        wanted = {"seller_id": seller_id, **behind("keys.created", after)}
        return page_of(self._collection, wanted, limit, NEWEST, OF_SELLER)

    def alike(self, fingerprint: str, but: UserId) -> AutomationId | None:
        wanted = {"keys.fingerprints": fingerprint, "seller_id": {"$ne": but}}
        collection = self._database.collection(RECORDS.collection)
        with translated():
            rows = collection.find(wanted, {"_id": 1}, sort=BY_ID, limit=1)
            return next((AutomationId(row["_id"]) for row in rows.hint(FINGERPRINTS)), None)

    def in_review(self, limit: int, after: Cursor | None = None) -> Page[Automation]:
        wanted = {"keys.held": {"$exists": True}, **behind("keys.held", after, descending=False)}
        return page_of(self._collection, wanted, limit, LONGEST_HELD, HELD)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        asked = frozenset(map(FileKey, writable(keys)))
        collection = self._database.collection(RECORDS.collection)
        with translated():
            rows = collection.find({"keys.files": {"$in": sorted(asked)}}, {"keys.files": 1})
            used = {key for row in rows.hint(FILES) for key in row["keys"]["files"]}
        return asked & used

    def _labels_before(self, automation: Automation) -> frozenset[str]:
        """The labels that the index has of the revision that is to be replaced."""
        replaced = {"_id": automation.id, "revision": automation.revision}
        collection = self._database.collection(RECORDS.collection)
        with translated():
            row = collection.find_one(replaced, {"keys.labels": 1})
        if row is None:
            raise StaleWrite(RECORDS.kind, automation.id)
        return index_labels.labels_in(row.get("keys"))


def _labels_of(automation: Automation) -> frozenset[str]:
    return labels_of(automation) if automation.for_sale else frozenset()
