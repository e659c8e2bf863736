"""The inbox in MongoDB."""

from datetime import datetime

from pymongo import ReturnDocument

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.indexes import WAITING
from koda.adapters.mongo.records import Collection, Records, delete
from koda.domain.model.errors import AlreadyExists, NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent
from koda.ports.payment_inbox import PaymentInbox

UNDONE = {"state": {"$ne": EventState.DONE.value}}
OLDEST = (("received_at", 1), ("_id", 1))


def keys_of(entry: InboxEntry) -> Document:
    """Whether it is still to be handled."""
    return {"waiting": entry.state is not EventState.DONE}


RECORDS = Records("event", "payment_inbox", InboxEntry, keys_of)


class MongoPaymentInbox(PaymentInbox):
    """All messages that came in, in a MongoDB database.

    Every step is one conditional write, so that callers at once need not wait for one another.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def open(self, event: PaymentEvent, now: datetime) -> InboxEntry:
        entry = InboxEntry(event.id, event.name, event.subject, EventState.OPEN, now)
        try:
            self._collection.add(entry)
        except AlreadyExists:
            # Most messages that come again were handled: that takes a look, and no change.
            known = self._collection.get(event.id)
            return known if known.state is EventState.DONE else self._reopened(event.id)
        return entry

    def done(self, event_id: EventId) -> None:
        finished = {"state": EventState.DONE.value, "keys.waiting": False}
        if not self._set({"_id": event_id}, finished):
            raise NotFound("event", event_id)

    def failed(self, event_id: EventId, problem: str) -> None:
        failure = {"state": EventState.FAILED.value, "problem": problem}
        if not self._set({"_id": event_id, **UNDONE}, failure):
            self._collection.get(event_id)

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        rows = self._collection.select({"keys.waiting": True}, OLDEST, limit, WAITING)
        return RECORDS.read_all(rows)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        over = {"keys.waiting": False, "received_at": {"$lt": before}}
        return delete(self._collection, over, dry_run=dry_run)

    def _reopened(self, event_id: EventId) -> InboxEntry:
        again = {"$set": {"state": EventState.OPEN.value}, "$inc": {"attempts": 1}}
        with translated():
            row = self._database.collection(RECORDS.collection).find_one_and_update(
                {"_id": event_id, **UNDONE}, again, return_document=ReturnDocument.AFTER
            )
        return RECORDS.read(row) if row else self._collection.get(event_id)

    def _set(self, wanted: Document, values: Document) -> bool:
        """Whether there is such an entry, which has these values now."""
        with translated():
            try:
                result = self._database.collection(RECORDS.collection).update_one(
                    wanted, {"$set": values}
                )
            except UNWRITABLE:
                return False
        return bool(result.matched_count)
