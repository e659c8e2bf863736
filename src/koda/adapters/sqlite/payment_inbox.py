"""The inbox in SQLite."""

import sqlite3
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, delete, select
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry, PaymentEvent
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.payment_inbox import PaymentInbox

_ONE = "SELECT id, document FROM payment_inbox WHERE id = ?"
PENDING = "SELECT id, document FROM payment_inbox WHERE waiting ORDER BY received, id LIMIT ?"
OVER = "SELECT count(*) FROM payment_inbox WHERE NOT waiting AND received < ?"
FORGET = "DELETE FROM payment_inbox WHERE NOT waiting AND received < ?"
PUT = """
INSERT INTO payment_inbox (id, waiting, received, document)
VALUES (:id, :waiting, :received, :document)
ON CONFLICT (id) DO UPDATE SET waiting = excluded.waiting, document = excluded.document
"""


def _row(entry: InboxEntry) -> dict[str, Any]:
    return {
        "id": entry.event_id,
        "waiting": entry.waiting,
        "received": to_milliseconds(entry.received_at),
        "document": documents().write(entry),
    }


RECORDS = Records("event", InboxEntry, _row)


class SqlitePaymentInbox(PaymentInbox):
    """All messages that came in, in an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, event: PaymentEvent, now: datetime) -> InboxEntry:
        with self._database.write() as connection:
            known = RECORDS.find(connection, _ONE, (event.id,))
            entry = known.reopened() if known else InboxEntry.of(event, now)
            _put(connection, entry)
        return entry

    def done(self, event_id: EventId) -> None:
        with self._database.write() as connection:
            _put(connection, RECORDS.get(connection, _ONE, event_id).done())

    def failed(self, event_id: EventId, problem: str) -> None:
        with self._database.write() as connection:
            _put(connection, RECORDS.get(connection, _ONE, event_id).failed(problem))

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        with self._database.read() as connection:
            rows = select(connection, PENDING, (limit,))
        return RECORDS.read_all(rows)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._database, before, FORGET, OVER if dry_run else None)


def _put(connection: sqlite3.Connection, entry: InboxEntry) -> None:
    connection.execute(PUT, _row(entry))
