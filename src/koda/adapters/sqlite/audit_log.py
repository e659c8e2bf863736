"""The audit log in SQLite."""

from contextlib import suppress
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, edge, page_of, select
from koda.domain.model.audit import AuditEntry, AuditOutcome, AuditSubject
from koda.domain.model.identifiers import AuditId, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.audit_log import AuditLog

_APPEND = """
INSERT INTO audit_log (id, at, actor, subject, begun, document)
VALUES (:id, :at, :actor, :subject, :begun, :document)
ON CONFLICT (id) DO NOTHING
"""
_SETTLE = """
UPDATE audit_log SET begun = :begun, document = json_set(document, '$.outcome', :outcome)
WHERE id = :id AND begun
"""
ALL = """
SELECT id, document, at FROM audit_log WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?
"""
OF_ACTOR = """
SELECT id, document, at FROM audit_log WHERE actor = ? AND (at, id) < (?, ?)
ORDER BY at DESC, id DESC LIMIT ?
"""
OF_SUBJECT = """
SELECT id, document, at FROM audit_log WHERE subject = ? AND (at, id) < (?, ?)
ORDER BY at DESC, id DESC LIMIT ?
"""
OF_BOTH = """
SELECT id, document, at FROM audit_log WHERE subject = ? AND actor = ? AND (at, id) < (?, ?)
ORDER BY at DESC, id DESC LIMIT ?
"""


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": to_milliseconds(entry.at),
        "actor": entry.actor,
        "subject": str(entry.subject),
        "begun": entry.outcome is AuditOutcome.BEGUN,
        "document": documents().write(entry),
    }


RECORDS = Records("audit entry", AuditEntry, _row)


class SqliteAuditLog(AuditLog):
    """All entries of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entry: AuditEntry) -> None:
        with self._database.write() as connection:
            connection.execute(_APPEND, _row(entry))

    def settle(self, entry_id: AuditId, outcome: AuditOutcome) -> None:
        begun = outcome is AuditOutcome.BEGUN
        values = {"id": entry_id, "begun": begun, "outcome": outcome.value}
        # Text that UTF-8 cannot write is no id of an entry.
        with self._database.write() as connection, suppress(UnicodeEncodeError):
            connection.execute(_SETTLE, values)

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        subject: AuditSubject | None = None,
        actor: UserId | None = None,
    ) -> Page[AuditEntry]:
        statement = {
            (False, False): ALL,
            (False, True): OF_ACTOR,
            (True, False): OF_SUBJECT,
            (True, True): OF_BOTH,
        }[subject is not None, actor is not None]
        equal = [str(value) for value in (subject, actor) if value is not None]
        with self._database.read() as connection:
            rows = select(connection, statement, (*equal, *edge(after), limit + 1))
        return page_of(RECORDS, rows, limit)
