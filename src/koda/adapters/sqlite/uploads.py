"""Upload tickets in SQLite."""

from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, delete, insert, replace
from koda.domain.model.identifiers import UploadId
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.uploads import UploadTicket
from koda.ports.uploads import Uploads

_ADD = """
INSERT INTO uploads (id, expires, revision, document) VALUES (:id, :expires, :revision, :document)
"""
_SAVE = """
UPDATE uploads SET expires = :expires, revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""
_ONE = "SELECT id, document FROM uploads WHERE id = ?"
_EXPIRED = "SELECT count(*) FROM uploads WHERE expires < ?"
_FORGET = "DELETE FROM uploads WHERE expires < ?"


def _row(ticket: UploadTicket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "expires": to_milliseconds(ticket.expires_at),
        "revision": ticket.revision,
        "document": documents().write(ticket),
    }


RECORDS = Records("upload", UploadTicket, _row)


class SqliteUploads(Uploads):
    """All upload tickets of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, ticket: UploadTicket) -> None:
        with self._database.write() as connection:
            insert(connection, _ADD, ticket, RECORDS)

    def get(self, upload_id: UploadId) -> UploadTicket:
        with self._database.read() as connection:
            return RECORDS.get(connection, _ONE, upload_id)

    def save(self, ticket: UploadTicket) -> UploadTicket:
        with self._database.write() as connection:
            return replace(connection, _SAVE, ticket, RECORDS)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._database, before, _FORGET, _EXPIRED if dry_run else None)
