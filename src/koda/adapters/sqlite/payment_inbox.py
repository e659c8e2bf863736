"""The inbox in SQLite."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, delete, edge, page_of, select
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.payment_inbox import PaymentInbox

_ONE = "SELECT id, document FROM payment_inbox WHERE id = ?"
_PAYLOAD = "SELECT payload FROM payment_inbox WHERE id = ? AND payload IS NOT NULL"
_LISTED = """
SELECT id, document, received FROM payment_inbox
WHERE {equal}(received, id) < (?, ?) AND received >= ? ORDER BY received DESC, id DESC LIMIT ?
"""
LISTS: Mapping[tuple[bool, bool], str] = {
    (False, False): _LISTED.format(equal=""),
    (True, False): _LISTED.format(equal="subject = ? AND "),
    (False, True): _LISTED.format(equal="state = ? AND "),
    (True, True): _LISTED.format(equal="subject = ? AND +state = ? AND "),
}
"""By whether they are of one subject, and of one state."""
PENDING = "SELECT id, document FROM payment_inbox WHERE waiting ORDER BY received, id LIMIT ?"
DROP_PAYLOADS = """
UPDATE payment_inbox INDEXED BY payment_inbox_payloads SET payload = NULL
WHERE NOT waiting AND payload IS NOT NULL AND received < ?
"""
_WITH_PAYLOAD = """
SELECT count(*) FROM payment_inbox INDEXED BY payment_inbox_payloads
WHERE NOT waiting AND payload IS NOT NULL AND received < ?
"""
FORGET = "DELETE FROM payment_inbox WHERE NOT waiting AND received < ?"
_OVER = "SELECT count(*) FROM payment_inbox WHERE NOT waiting AND received < ?"
_PUT = """
INSERT INTO payment_inbox (id, waiting, state, subject, received, document, payload)
VALUES (:id, :waiting, :state, :subject, :received, :document, :payload)
ON CONFLICT (id) DO UPDATE SET
    waiting = excluded.waiting, state = excluded.state, document = excluded.document
"""
_EARLIEST = -(2**63)


def _row(entry: InboxEntry) -> dict[str, Any]:
    return {
        "id": entry.event_id,
        "waiting": entry.waiting,
        "state": entry.state.value,
        "subject": entry.subject,
        "received": to_milliseconds(entry.received_at),
        "document": documents().write(entry),
    }


RECORDS = Records("event", InboxEntry, _row)


class SqlitePaymentInbox(PaymentInbox):
    """All messages that came in, in an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, event: PaymentEvent, payload: bytes, now: datetime) -> InboxEntry:
        with self._database.write() as connection:
            known = RECORDS.find(connection, _ONE, (event.id,))
            entry = known.reopened() if known else InboxEntry.of(event, now)
            _put(connection, entry, payload)
        return entry

    def done(self, event_id: EventId) -> None:
        with self._database.write() as connection:
            _put(connection, RECORDS.get(connection, _ONE, event_id).done())

    def failed(self, event_id: EventId, problem: str) -> None:
        with self._database.write() as connection:
            _put(connection, RECORDS.get(connection, _ONE, event_id).failed(problem))

    def get(self, event_id: EventId) -> InboxEntry:
        with self._database.read() as connection:
            return RECORDS.get(connection, _ONE, event_id)

    def payload(self, event_id: EventId) -> bytes:
        with self._database.read() as connection:
            rows = select(connection, _PAYLOAD, (event_id,))
        if not rows:
            raise NotFound("payload of event", event_id)
        return bytes(rows[0][0])

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        state: EventState | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Page[InboxEntry]:
        statement = LISTS[subject is not None, state is not None]
        equal = [str(value) for value in (subject, state) if value is not None]
        earliest = _EARLIEST if since is None else to_milliseconds(since)
        with self._database.read() as connection:
            rows = select(connection, statement, (*equal, *edge(after), earliest, limit + 1))
        return page_of(RECORDS, rows, limit)

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        with self._database.read() as connection:
            rows = select(connection, PENDING, (limit,))
        return RECORDS.read_all(rows)

    def drop_payloads(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._database, before, DROP_PAYLOADS, _WITH_PAYLOAD if dry_run else None)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._database, before, FORGET, _OVER if dry_run else None)


def _put(connection: sqlite3.Connection, entry: InboxEntry, payload: bytes | None = None) -> None:
    """Keep an entry; the payload of one that is kept stays as it is."""
    connection.execute(_PUT, {**_row(entry), "payload": payload})
