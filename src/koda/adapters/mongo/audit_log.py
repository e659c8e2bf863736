"""The audit log in MongoDB."""

from contextlib import suppress

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.indexes import NEWEST_ENTRIES, OF_ACTOR, OF_AUDIT_SUBJECT
from koda.adapters.mongo.keyset import behind
from koda.adapters.mongo.records import Collection, Records, page_of
from koda.domain.model.audit import AuditEntry, AuditOutcome, AuditSubject
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.identifiers import AuditId, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.audit_log import AuditLog

NEWEST = (("keys.at", -1), ("_id", -1))


def keys_of(entry: AuditEntry) -> Document:
    """What lists need."""
    return {"at": to_milliseconds(entry.at), "subject": str(entry.subject)}


RECORDS = Records("audit entry", "audit_log", AuditEntry, keys_of)


class MongoAuditLog(AuditLog):
    """All entries of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def append(self, entry: AuditEntry) -> None:
        with suppress(AlreadyExists):
            self._collection.add(entry)

    def settle(self, entry_id: AuditId, outcome: AuditOutcome) -> None:
        begun = {"_id": entry_id, "outcome": AuditOutcome.BEGUN.value}
        change = {"$set": {"outcome": outcome.value}}
        with translated(), suppress(UNWRITABLE):
            self._database.collection(RECORDS.collection).update_one(begun, change)

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        subject: AuditSubject | None = None,
        actor: UserId | None = None,
    ) -> Page[AuditEntry]:
        wanted, index = behind("keys.at", after), NEWEST_ENTRIES
        if actor is not None:
            wanted, index = {"actor": actor, **wanted}, OF_ACTOR
        if subject is not None:
            wanted, index = {"keys.subject": str(subject), **wanted}, OF_AUDIT_SUBJECT
        return page_of(self._collection, wanted, limit, NEWEST, index)
