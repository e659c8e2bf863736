"""Roles in SQLite."""

from typing import Any

from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, replace
from koda.domain.model.roles import Roster
from koda.ports.roles import Roles

_ROSTER = "SELECT id, document FROM roles WHERE id = ?"
_FIRST = """
INSERT INTO roles (id, revision, document) VALUES (:id, :revision, :document)
ON CONFLICT (id) DO NOTHING
"""
_SAVE = """
UPDATE roles SET revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""


def _row(roster: Roster) -> dict[str, Any]:
    return {
        "id": roster.id,
        "revision": roster.revision,
        "document": documents().write(roster),
    }


RECORDS = Records("roster", Roster, _row)


class SqliteRoles(Roles):
    """The roster of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def roster(self) -> Roster:
        with self._database.read() as connection:
            return RECORDS.find(connection, _ROSTER, (Roster().id,)) or Roster()

    def save(self, roster: Roster) -> Roster:
        with self._database.write() as connection:
            connection.execute(_FIRST, _row(evolve(roster, assignments=(), revision=0)))
            return replace(connection, _SAVE, roster, RECORDS)
