"""The outbox in SQLite."""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, delete, listed, select
from koda.domain.model.deliveries import (
    Backlog,
    Delivery,
    Subscription,
    deliveries_of,
)
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.ports.outbox import Outbox

_SUBSCRIBE = """
INSERT INTO subscriptions (id, document) VALUES (:id, :document)
ON CONFLICT (id) DO UPDATE SET document = excluded.document
"""
_SUBSCRIPTIONS = "SELECT id, document FROM subscriptions ORDER BY id"
_KEPT = "SELECT id, document FROM subscriptions WHERE id = ?"
_UNSUBSCRIBE = "DELETE FROM subscriptions WHERE id = ?"
LEFT = """
SELECT id, document, number FROM domain_events WHERE unreadable = 0 ORDER BY number LIMIT ?
"""
_TAKE = "DELETE FROM domain_events WHERE id = ?"
_SET_ASIDE = "UPDATE domain_events SET unreadable = 1 WHERE number <= ? AND unreadable = 0"
_UNRELAYED = "SELECT count(*) FROM domain_events WHERE unreadable = 0"
_ADD = """
INSERT INTO deliveries (
    id, subscriber, subject, revision, number, occurred, due, attempts, state, document
) VALUES (
    :id, :subscriber, :subject, :revision, :number, :occurred, :due, :attempts, :state, :document
) ON CONFLICT DO NOTHING
"""
DUE = """
SELECT id, document FROM deliveries AS own
WHERE subscriber IN (SELECT value FROM json_each(:names)) AND state = 'waiting' AND due <= :now
AND NOT EXISTS (
    SELECT 1 FROM deliveries AS ahead
    WHERE ahead.subscriber = own.subscriber AND ahead.subject = own.subject
    AND ahead.state = 'waiting'
    AND (ahead.revision, ahead.number) < (own.revision, own.number)
)
ORDER BY due, id LIMIT 1
"""
_SAVE = """
UPDATE deliveries SET due = :due, attempts = :attempts, state = :state, document = :document
WHERE id = :id AND attempts = :before AND state = 'waiting'
"""
_PUT_ASIDE = "UPDATE deliveries SET state = 'unreadable' WHERE id = ?"
_EVENTS_AGAIN = "UPDATE domain_events SET unreadable = 0 WHERE unreadable = 1"
DELIVERIES_AGAIN = """
UPDATE deliveries SET state = 'waiting'
WHERE state IN ('given_up', 'unreadable') AND state = 'unreadable'
"""
WAITING = """
SELECT count(*), min(occurred) FROM deliveries WHERE subscriber = ? AND state = 'waiting'
"""
_TO_RETRY = "SELECT id, document FROM deliveries WHERE subscriber = ? AND state = 'given_up'"
_RENEW = """
UPDATE deliveries SET due = :due, attempts = :attempts, state = :state, document = :document
WHERE id = :id
"""
GIVEN_UP = """
SELECT count(*) FROM deliveries WHERE subscriber = ? AND state IN ('given_up', 'unreadable')
"""
_DROP = "DELETE FROM deliveries WHERE subscriber = ?"
_OVER = "SELECT count(*) FROM deliveries WHERE state = 'done' AND due < ?"
FORGET = "DELETE FROM deliveries WHERE state = 'done' AND due < ?"


def _row(delivery: Delivery) -> dict[str, Any]:
    event = delivery.event
    return {
        "id": delivery.id,
        "subscriber": delivery.subscriber,
        "subject": event.subject,
        "revision": event.revision,
        "number": event.number,
        "occurred": to_milliseconds(event.occurred_at),
        "due": to_milliseconds(delivery.due),
        "attempts": delivery.attempts,
        "state": delivery.state.value,
        "document": documents().write(delivery),
    }


def _subscription_row(subscription: Subscription) -> dict[str, Any]:
    return {"id": subscription.name, "document": documents().write(subscription)}


def _event_row(event: DomainEvent) -> dict[str, Any]:
    return {"id": event.id, "document": documents().write(event, DomainEvent)}


EVENTS: Records[DomainEvent] = Records("domain event", DomainEvent, _event_row)  # type: ignore[arg-type]
RECORDS = Records("delivery", Delivery, _row)
SUBSCRIBERS = Records("subscription", Subscription, _subscription_row)


class SqliteOutbox(Outbox):
    """The events and deliveries of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subscribe(self, subscription: Subscription) -> None:
        with self._database.write() as connection:
            subscriptions = SUBSCRIBERS.read_all(select(connection, _KEPT, (subscription.name,)))
            joined = subscription.joined(subscriptions[0]) if subscriptions else subscription
            connection.execute(_SUBSCRIBE, _subscription_row(joined))

    def unsubscribe(self, name: str) -> int:
        with self._database.write() as connection:
            ((waiting, _),) = select(connection, WAITING, (name,))
            connection.execute(_DROP, (name,))
            connection.execute(_UNSUBSCRIBE, (name,))
        return int(waiting)

    def relay(self, limit: int, now: datetime) -> int:
        if not self.unrelayed():
            return 0
        with self._database.write() as connection:
            subscriptions = SUBSCRIBERS.read_all(select(connection, _SUBSCRIPTIONS, ()))
            rows = select(connection, LEFT, (limit,))
            for event in EVENTS.read_all(rows):
                connection.executemany(_ADD, map(_row, deliveries_of(event, subscriptions, now)))
                connection.execute(_TAKE, (event.id,))
            if rows:
                connection.execute(_SET_ASIDE, (rows[-1][2],))
        return len(rows)

    def restore(self) -> int:
        with self._database.write() as connection:
            events = connection.execute(_EVENTS_AGAIN).rowcount
            return events + connection.execute(DELIVERIES_AGAIN).rowcount

    def claim(self, names: Collection[str], now: datetime, until: datetime) -> Delivery | None:
        values = {"names": listed(names), "now": to_milliseconds(now)}
        with self._database.read() as connection:
            if not select(connection, DUE, values):
                return None
        with self._database.write() as connection:
            while rows := select(connection, DUE, values):
                for due in RECORDS.read_all(rows):
                    taken = due.taken(until)
                    connection.execute(_SAVE, {**_row(taken), "before": due.attempts})
                    return taken
                connection.execute(_PUT_ASIDE, (rows[0][0],))
        return None

    def save(self, delivery: Delivery) -> None:
        with self._database.write() as connection:
            values = {**_row(delivery), "before": delivery.attempts}
            if not connection.execute(_SAVE, values).rowcount:
                raise StaleWrite("delivery", delivery.id)

    def retry(self, name: str, now: datetime) -> int:
        with self._database.write() as connection:
            given_up = RECORDS.read_all(select(connection, _TO_RETRY, (name,)))
            connection.executemany(_RENEW, [_row(delivery.renewed(now)) for delivery in given_up])
        return len(given_up)

    def backlog(self) -> tuple[Backlog, ...]:
        with self._database.read() as connection:
            subscriptions = SUBSCRIBERS.read_all(select(connection, _SUBSCRIPTIONS, ()))
            return tuple(_backlog(connection, subscription) for subscription in subscriptions)

    def unrelayed(self) -> int:
        with self._database.read() as connection:
            return int(select(connection, _UNRELAYED, ())[0][0])

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._database, before, FORGET, _OVER if dry_run else None)


def _backlog(connection: sqlite3.Connection, subscription: Subscription) -> Backlog:
    values = (subscription.name,)
    ((waiting, oldest),) = select(connection, WAITING, values)
    ((given_up,),) = select(connection, GIVEN_UP, values)
    first = None if oldest is None else from_milliseconds(oldest)
    return Backlog(subscription, waiting, given_up, first)
