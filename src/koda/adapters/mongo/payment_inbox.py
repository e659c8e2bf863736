"""The inbox in MongoDB."""

from contextlib import suppress
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.collection import Collection as MongoCollection
from pymongo.errors import DuplicateKeyError

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.indexes import NEWEST_MESSAGES, OF_MESSAGE_SUBJECT, OF_STATE, WAITING
from koda.adapters.mongo.keyset import behind
from koda.adapters.mongo.records import Collection, Records, delete, page_of
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.payment_inbox import PaymentInbox

UNDONE = {"state": {"$ne": EventState.DONE.value}}
NEWEST = (("keys.received", -1), ("_id", -1))
OLDEST = (("received_at", 1), ("_id", 1))


def keys_of(entry: InboxEntry) -> Document:
    """Whether it is still to be handled, and its place in lists."""
    return {"waiting": entry.waiting, "received": to_milliseconds(entry.received_at)}


RECORDS = Records("event", "payment_inbox", InboxEntry, keys_of, attached={"payload": "binData"})


class MongoPaymentInbox(PaymentInbox):
    """All messages that came in, in a MongoDB database.

    Every step is one conditional write, so that callers at once need not wait for one another.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def open(self, event: PaymentEvent, payload: bytes, now: datetime) -> InboxEntry:
        entry = InboxEntry.of(event, now)
        document = {**RECORDS.write(entry), "payload": payload}
        with translated():
            try:
                self._rows().insert_one(document)
            except DuplicateKeyError:
                # Most messages that come again were handled: that takes a look, and no change.
                known = self._collection.get(event.id)
                return self._reopened(event.id) if known.waiting else known
        return entry

    def done(self, event_id: EventId) -> None:
        finished = {"state": EventState.DONE.value, "keys.waiting": False}
        if not self._set({"_id": event_id}, finished):
            raise NotFound("event", event_id)

    def failed(self, event_id: EventId, problem: str) -> None:
        failure = {"state": EventState.FAILED.value, "problem": problem}
        if not self._set({"_id": event_id, **UNDONE}, failure):
            self._collection.get(event_id)

    def get(self, event_id: EventId) -> InboxEntry:
        return self._collection.get(event_id)

    def payload(self, event_id: EventId) -> bytes:
        row: Document | None = None
        with translated(), suppress(UNWRITABLE):
            row = self._rows().find_one({"_id": event_id}, {"payload": 1})
        if row is None or "payload" not in row:
            raise NotFound("payload of event", event_id)
        return bytes(row["payload"])

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        state: EventState | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Page[InboxEntry]:
        wanted, index = behind("keys.received", after), NEWEST_MESSAGES
        if since is not None:
            wanted = {"keys.received": {"$gte": to_milliseconds(since)}, **wanted}
        if state is not None:
            wanted, index = {"state": state.value, **wanted}, OF_STATE
        if subject is not None:
            wanted, index = {"subject": subject, **wanted}, OF_MESSAGE_SUBJECT
        return page_of(self._collection, wanted, limit, NEWEST, index)

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        rows = self._collection.select({"keys.waiting": True}, OLDEST, limit, WAITING)
        return RECORDS.read_all(rows)

    def drop_payloads(self, before: datetime, *, dry_run: bool = False) -> int:
        over = {
            "keys.waiting": False,
            "received_at": {"$lt": before},
            "payload": {"$exists": True},
        }
        with translated():
            if dry_run:
                return self._rows().count_documents(over)
            return self._rows().update_many(over, {"$unset": {"payload": ""}}).modified_count

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        over = {"keys.waiting": False, "received_at": {"$lt": before}}
        return delete(self._collection, over, dry_run=dry_run)

    def _reopened(self, event_id: EventId) -> InboxEntry:
        again = {"$set": {"state": EventState.OPEN.value}, "$inc": {"attempts": 1}}
        with translated():
            row = self._rows().find_one_and_update(
                {"_id": event_id, **UNDONE},
                again,
                {"payload": 0},
                return_document=ReturnDocument.AFTER,
            )
        return RECORDS.read(row) if row else self._collection.get(event_id)

    def _rows(self) -> MongoCollection[Document]:
        return self._database.collection(RECORDS.collection)

    def _set(self, wanted: Document, values: Document) -> bool:
        """Whether there is such an entry, which has these values now."""
        with translated():
            try:
                result = self._rows().update_one(wanted, {"$set": values})
            except UNWRITABLE:
                return False
        return bool(result.matched_count)
