"""Automations in SQLite, and the catalogue that is made of them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koda.adapters.sqlite import index_rows
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import (
    Records,
    edge,
    insert,
    listed,
    page_of,
    replace,
    select,
)
from koda.domain.model.automations import Automation
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.automations import Automations

ONE = "SELECT id, document FROM automations WHERE id = ?"
_SOME = "SELECT id, document FROM automations WHERE id IN (SELECT value FROM json_each(?))"
OF_SELLER = """
SELECT id, document, created FROM automations WHERE seller_id = ? AND (created, id) < (?, ?)
ORDER BY created DESC, id DESC LIMIT ?
"""
IN_REVIEW = """
SELECT id, document, held FROM automations WHERE held IS NOT NULL AND (held, id) > (?, ?)
ORDER BY held, id LIMIT ?
"""
ALIKE = """
SELECT id FROM automation_fingerprints JOIN automations USING (number)
WHERE fingerprint = ? AND seller_id <> ? ORDER BY id LIMIT 1
"""
ADD = """
INSERT INTO automations (id, seller_id, created, held, revision, document)
VALUES (:id, :seller_id, :created, :held, :revision, :document)
"""
_SAVE = """
UPDATE automations SET seller_id = :seller_id, created = :created, held = :held,
    revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""
_NUMBER = "SELECT number FROM automations WHERE id = ?"
FILES_IN_USE = """
SELECT DISTINCT key FROM automation_files WHERE key IN (SELECT value FROM json_each(?))
"""
_REFER = "INSERT INTO automation_files (key, number) VALUES (?, ?)"
CLEAR = "DELETE FROM automation_files WHERE number = ?"
_MARK = "INSERT INTO automation_fingerprints (fingerprint, number) VALUES (?, ?)"
UNMARK = "DELETE FROM automation_fingerprints WHERE number = ?"
_FIRST = (-(2**63), "")
"""A place that every row is behind."""


def _row(automation: Automation) -> dict[str, Any]:
    place = automation.held_place
    return {
        "id": automation.id,
        "seller_id": automation.seller_id,
        "created": to_milliseconds(automation.created_at),
        "held": place and place.value,
        "revision": automation.revision,
        "document": documents().write(automation),
    }


RECORDS = Records("automation", Automation, _row)


class SqliteAutomations(Automations):
    """All automations of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, automation_id: AutomationId) -> Automation:
        with self._database.read() as connection:
            return RECORDS.get(connection, ONE, automation_id)

    def some(self, automation_ids: Iterable[AutomationId]) -> Mapping[AutomationId, Automation]:
        with self._database.read() as connection:
            rows = select(connection, _SOME, (listed(automation_ids),))
        return {automation.id: automation for automation in RECORDS.read_all(rows)}

    def add(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> None:
        with self._database.write() as connection:
            number = insert(connection, ADD, automation, RECORDS, events)
            _refer(connection, number, automation)
            index_rows.put(connection, [(number, automation)])

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        with self._database.write() as connection:
            following = replace(connection, _SAVE, automation, RECORDS, events)
            (number,) = connection.execute(_NUMBER, (automation.id,)).fetchone()
            connection.execute(CLEAR, (number,))
            connection.execute(UNMARK, (number,))
            _refer(connection, number, following)
            index_rows.put(connection, [(number, following)])
        return following

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        values = (seller_id, *edge(after), limit + 1)
        with self._database.read() as connection:
            rows = select(connection, OF_SELLER, values)
        return page_of(RECORDS, rows, limit)

    def alike(self, fingerprint: str, but: UserId) -> AutomationId | None:
        with self._database.read() as connection:
            rows = select(connection, ALIKE, (fingerprint, but))
        return AutomationId(rows[0][0]) if rows else None

    def in_review(self, limit: int, after: Cursor | None = None) -> Page[Automation]:
        place = (after.value, after.id) if after else _FIRST
        with self._database.read() as connection:
            rows = select(connection, IN_REVIEW, (*place, limit + 1))
        return page_of(RECORDS, rows, limit)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        with self._database.read() as connection:
            rows = select(connection, FILES_IN_USE, (listed(keys),))
        return frozenset(FileKey(key) for (key,) in rows)


def _refer(connection: sqlite3.Connection, number: int, automation: Automation) -> None:
    """Note the files that the automation refers to, and what copies of them share."""
    connection.executemany(_REFER, ((key, number) for key in automation.file_keys))
    connection.executemany(_MARK, ((value, number) for value in automation.fingerprints))
