"""The inbox in SQLite."""

import sqlite3
from datetime import datetime

from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, select
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.moments import to_milliseconds
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent
from koda.ports.events import Events

ONE = "SELECT id, document FROM events WHERE id = ?"
PENDING = "SELECT id, document FROM events WHERE waiting ORDER BY received, id LIMIT ?"
PUT = """
INSERT INTO events (id, waiting, received, document)
VALUES (:id, :waiting, :received, :document)
ON CONFLICT (id) DO UPDATE SET waiting = excluded.waiting, document = excluded.document
"""

RECORDS = Records("event", InboxEntry)


class SqliteEvents(Events):
    """All messages that came in, in an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, event: PaymentEvent, now: datetime) -> InboxEntry:
        with self._database.write() as connection:
            entry = RECORDS.find(connection, ONE, (event.id,))
            if entry is None:
                entry = InboxEntry(event.id, event.name, event.subject, EventState.OPEN, now)
            elif entry.state is not EventState.DONE:
                entry = evolve(entry, state=EventState.OPEN, attempts=entry.attempts + 1)
            _put(connection, entry)
        return entry

    def done(self, event_id: EventId) -> None:
        with self._database.write() as connection:
            _put(connection, evolve(_opened(connection, event_id), state=EventState.DONE))

    def failed(self, event_id: EventId, problem: str) -> None:
        with self._database.write() as connection:
            entry = _opened(connection, event_id)
            if entry.state is not EventState.DONE:
                _put(connection, evolve(entry, state=EventState.FAILED, problem=problem))

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        with self._database.read() as connection:
            rows = select(connection, PENDING, (limit,))
        return RECORDS.read_all(rows)


def _opened(connection: sqlite3.Connection, event_id: EventId) -> InboxEntry:
    entry = RECORDS.find(connection, ONE, (event_id,))
    if entry is None:
        raise NotFound("event", event_id)
    return entry


def _put(connection: sqlite3.Connection, entry: InboxEntry) -> None:
    row = {
        "id": entry.event_id,
        "waiting": entry.state is not EventState.DONE,
        "received": to_milliseconds(entry.received_at),
        "document": documents().write(entry),
    }
    connection.execute(PUT, row)
