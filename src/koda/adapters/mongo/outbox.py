"""The outbox in MongoDB: events lie in the documents that they happened to until relayed."""

from collections.abc import Collection as Names
from datetime import datetime

from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.indexes import DUE, LEFT, OF_SUBJECT, OF_SUBSCRIBER, SET_ASIDE, UNREAD
from koda.adapters.mongo.records import OUTBOX, UNREADABLE, Collection, Records, delete, writable
from koda.domain.model.deliveries import (
    Backlog,
    Delivery,
    DeliveryState,
    Subscription,
    deliveries_of,
)
from koda.domain.model.errors import CorruptRecord, StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.records import readable
from koda.ports.outbox import Outbox

_SOURCES = ("orders", "purchases", "automations", "sellers")
"""The collections whose documents hold events."""
_BY_DUE = (("due", 1), ("_id", 1))
_BY_PLACE = (("keys.place", 1),)
_BY_OCCURRED = (("state", 1), ("keys.occurred", 1))
_MOST_SHOWN = 100
"""Characters of what is no document."""
_WAITING = {"state": DeliveryState.WAITING.value}


def keys_of(delivery: Delivery) -> Document:
    """What tells the order within a subject, and how old it is.

    Places are compared as texts, so that their numbers have leading zeros.
    """
    event = delivery.event
    return {
        "subject": event.subject,
        "place": f"{event.revision:010}/{event.number:04}",
        "occurred": event.occurred_at,
    }


RECORDS = Records("delivery", "deliveries", Delivery, keys_of)
SUBSCRIBERS = Records("subscription", "subscriptions", Subscription)


def _event(left: object) -> DomainEvent:
    if not isinstance(left, dict):
        raise CorruptRecord("domain event", f"{left}"[:_MOST_SHOWN], "it is no document")
    identity = "/".join(f"{left.get(name)}" for name in ("subject", "revision", "number"))
    try:
        event: DomainEvent = documents().read("domain event", DomainEvent, left)  # type: ignore[arg-type]
    except CorruptRecord as error:
        raise CorruptRecord(error.kind, identity, error.problem) from error
    return event


class MongoOutbox(Outbox):
    """The events and deliveries of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._deliveries = Collection(database, RECORDS)
        self._subscriptions = Collection(database, SUBSCRIBERS)

    def subscribe(self, subscription: Subscription) -> None:
        document = SUBSCRIBERS.write(subscription)
        identity, kinds = document.pop("_id"), document.pop("kinds")
        served_at = document.pop("served_at")
        step: Document = {
            "$addToSet": {"kinds": {"$each": kinds}},
            "$max": {"served_at": served_at},
            "$setOnInsert": document,
        }
        with translated():
            self._database.collection(SUBSCRIBERS.collection).update_one(
                {"_id": identity}, step, upsert=True
            )

    def unsubscribe(self, name: str) -> int:
        waiting = delete(self._deliveries, {"subscriber": name, **_WAITING}, dry_run=False)
        delete(self._deliveries, {"subscriber": name}, dry_run=False)
        delete(self._subscriptions, {"_id": name}, dry_run=False)
        return waiting

    def relay(self, limit: int, now: datetime) -> int:
        taken = 0
        for name in _SOURCES:
            for document in self._left(name, limit - taken):
                taken += self._relay(name, document, now)
            if taken >= limit:
                break
        return taken

    def restore(self) -> int:
        unreadable, waiting = DeliveryState.UNREADABLE.value, DeliveryState.WAITING.value
        with translated():
            deliveries = self._database.collection(RECORDS.collection)
            again = {"$set": {"state": waiting}}
            renewed = deliveries.update_many({"state": unreadable}, again, hint=UNREAD)
        return renewed.modified_count + sum(map(self._restore, _SOURCES))

    def claim(self, names: Names[str], now: datetime, until: datetime) -> Delivery | None:
        wanted = {"subscriber": {"$in": writable(names)}, **_WAITING, "due": {"$lte": now}}
        while rows := self._deliveries.select(wanted, _BY_DUE, 1, DUE):
            head = self._head(rows[0])
            if head is not None and head.due > now:
                self._put_off(head)
            elif head is not None and self._replace(taken := head.taken(until), head):
                return taken
        return None

    def save(self, delivery: Delivery) -> None:
        if not self._replace(delivery, delivery):
            raise StaleWrite("delivery", delivery.id)
        if delivery.state is not DeliveryState.WAITING:
            self._release_next(delivery)

    def retry(self, name: str, now: datetime) -> int:
        given_up = {"subscriber": name, "state": DeliveryState.GIVEN_UP.value}
        again = {"state": DeliveryState.WAITING.value, "due": now, "attempts": 0}
        with translated():
            deliveries = self._database.collection(RECORDS.collection)
            return deliveries.update_many(given_up, {"$set": again}).modified_count

    def backlog(self) -> tuple[Backlog, ...]:
        rows = self._subscriptions.select({}, (("_id", 1),))
        return tuple(map(self._backlog_of, SUBSCRIBERS.read_all(rows)))

    def unrelayed(self) -> int:
        return sum(map(self._count_left, _SOURCES))

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        over = {"state": DeliveryState.DONE.value, "due": {"$lt": before}}
        return delete(self._deliveries, over, dry_run=dry_run)

    def _left(self, name: str, limit: int) -> list[Document]:
        """Documents of a collection that hold events, those first that hold the oldest."""
        collection = self._database.collection(name)
        with translated():
            cursor = collection.find({OUTBOX: {"$exists": True}}, {OUTBOX: 1})
            return list(cursor.sort("outbox.occurred_at", 1).limit(limit).hint(LEFT))

    def _count_left(self, name: str) -> int:
        size = {"$cond": [{"$isArray": f"${OUTBOX}"}, {"$size": f"${OUTBOX}"}, 1]}
        events = {"$sum": size}
        steps: list[Document] = [
            {"$match": {OUTBOX: {"$exists": True}}},
            {"$group": {"_id": None, "events": events}},
        ]
        with translated():
            counted = list(self._database.collection(name).aggregate(steps, hint=LEFT))
        return sum(int(row["events"]) for row in counted)

    def _relay(self, name: str, document: Document, now: datetime) -> int:
        """Make the deliveries of a document's events, then take the events away.

        If others were added meanwhile, all of them stay and are relayed again, which adds only
        what is missing.
        """
        outbox = document[OUTBOX]
        left = outbox if isinstance(outbox, list) else [outbox]
        subscriptions = SUBSCRIBERS.read_all(self._subscriptions.select({}))
        unreadable = [row for row in left if not readable(_event, [row])]
        for event in readable(_event, left):
            deliveries = deliveries_of(event, subscriptions, now)
            if deliveries:
                self._deliveries.add_each(deliveries, [()] * len(deliveries))
        step: Document = {"$unset": {OUTBOX: ""}}
        if unreadable:
            step["$push"] = {UNREADABLE: {"$each": unreadable}}
        with translated():
            self._database.collection(name).update_one(document, step)
        return len(left)

    def _restore(self, name: str) -> int:
        """Let the events of a collection that could not be read be relayed again."""
        restored, collection = 0, self._database.collection(name)
        with translated():
            for row in collection.find({UNREADABLE: {"$exists": True}}).hint(SET_ASIDE):
                aside = row[UNREADABLE]
                step = {"$unset": {UNREADABLE: ""}, "$push": {OUTBOX: {"$each": aside}}}
                unchanged = {"_id": row["_id"], UNREADABLE: aside}
                restored += len(aside) * collection.update_one(unchanged, step).modified_count
        return restored

    def _head(self, row: Document) -> Delivery | None:
        """The first delivery of the row's subject to its subscriber that is not over.

        One that cannot be read is set aside; then there is none.
        """
        first = self._first(row["subscriber"], row["keys"]["subject"])
        for delivery in RECORDS.read_all(first):
            return delivery
        for unreadable in first:
            self._set(unreadable, {"state": DeliveryState.UNREADABLE.value})
        return None

    def _first(self, subscriber: str, subject: str) -> list[Document]:
        queue = {"subscriber": subscriber, "keys.subject": subject, **_WAITING}
        return self._deliveries.select(queue, _BY_PLACE, 1, OF_SUBJECT)

    def _put_off(self, head: Delivery) -> None:
        """Let those that wait for a delivery be due when it is, so that nobody looks at them.

        It may be over by then, and the next one released: that is done again.
        """
        subject = {"subscriber": head.subscriber, "keys.subject": head.event.subject, **_WAITING}
        behind = {**subject, "_id": {"$ne": head.id}, "due": {"$lt": head.due}}
        with translated():
            deliveries = self._database.collection(RECORDS.collection)
            deliveries.update_many(behind, {"$set": {"due": head.due}})
        for row in self._first(head.subscriber, head.event.subject):
            if row["_id"] != head.id:
                self._release(row, row["keys"]["occurred"])

    def _release_next(self, over: Delivery) -> None:
        """Let the delivery after one that is over be due, if it was put off because of it."""
        for row in self._first(over.subscriber, over.event.subject):
            self._release(row, min(over.due, row["keys"]["occurred"]))

    def _release(self, row: Document, due: datetime) -> None:
        if not row["attempts"]:
            self._set(row, {"due": due})

    def _set(self, row: Document, values: Document) -> None:
        """Change a waiting delivery that nobody took since it was read."""
        guard = {"_id": row["_id"], "attempts": row["attempts"], **_WAITING}
        with translated():
            self._database.collection(RECORDS.collection).update_one(guard, {"$set": values})

    def _replace(self, following: Delivery, before: Delivery) -> bool:
        """Keep the next state of a delivery if it waits and was not taken since."""
        guard = {"_id": before.id, "attempts": before.attempts, **_WAITING}
        with translated():
            result = self._database.collection(RECORDS.collection).replace_one(
                guard, RECORDS.write(following)
            )
        return bool(result.matched_count)

    def _backlog_of(self, subscription: Subscription) -> Backlog:
        own = {"subscriber": subscription.name}
        lost = {"$in": [DeliveryState.GIVEN_UP.value, DeliveryState.UNREADABLE.value]}
        first = self._deliveries.select({**own, **_WAITING}, _BY_OCCURRED, 1, OF_SUBSCRIBER)
        with translated():
            count = self._database.collection(RECORDS.collection).count_documents
            waiting = count({**own, **_WAITING}, hint=OF_SUBSCRIBER)
            given_up = count({**own, "state": lost}, hint=OF_SUBSCRIBER)
        oldest = first[0]["keys"]["occurred"] if first else None
        return Backlog(subscription, waiting, given_up, oldest)
