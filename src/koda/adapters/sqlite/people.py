"""People in SQLite."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, listed, select
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.ports.people import People

SOME = """
SELECT id, document FROM people
WHERE id IN (SELECT value FROM json_each(?)) AND document IS NOT NULL
"""
PUT = """
INSERT INTO people (id, updated, document) VALUES (:id, :updated, :document)
ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, document = excluded.document
WHERE excluded.updated > coalesce(updated, removed)
"""
REMOVE = """
INSERT INTO people (id, removed) VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET
    removed = max(coalesce(removed, excluded.removed), excluded.removed),
    document = CASE WHEN updated > excluded.removed THEN document END,
    updated = CASE WHEN updated > excluded.removed THEN updated END
"""
FIND = "SELECT document, removed FROM people WHERE id = ?"


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "updated": to_milliseconds(person.updated_at),
        "document": documents().write(person),
    }


RECORDS = Records("person", Person, _row)


class SqlitePeople(People):
    """All that an SQLite file knows of users: the last update of each, and the last removals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        with self._database.read() as connection:
            rows = select(connection, SOME, (listed(user_ids),))
        return {person.id: person for person in RECORDS.read_all(rows)}

    def find(self, user_id: UserId) -> Person | PersonRemoved | None:
        with self._database.read() as connection:
            rows = select(connection, FIND, (user_id,))
        if not rows:
            return None
        document, removed = rows[0]
        if document is not None or removed is None:
            return next(iter(RECORDS.read_all([(user_id, document)])), None)
        return PersonRemoved(user_id, from_milliseconds(removed))

    def put(self, person: Person) -> None:
        with self._database.write() as connection:
            connection.execute(PUT, _row(person))

    def remove(self, user_id: UserId, at: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(REMOVE, (user_id, to_milliseconds(at)))
