"""What the SQLite stores share: rows of `(id, document)` as entities, and guarded writes."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from attrs import evolve, frozen

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.domain.model.audit import AuditEntry
from koda.domain.model.automations import Automation
from koda.domain.model.errors import AlreadyExists, CorruptRecord, NotFound, StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.orders import Order
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import InboxEntry
from koda.domain.model.purchases import Purchase
from koda.domain.model.records import readable
from koda.domain.model.roles import Roster
from koda.domain.model.sellers import Seller
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.uploads import UploadTicket

Entity = TypeVar("Entity")
Placed = TypeVar("Placed", Automation, AuditEntry, InboxEntry, Order, Purchase)
Revised = TypeVar("Revised", Automation, Order, Purchase, Roster, Seller, UploadTicket)

_Values = Sequence[Any] | Mapping[str, Any]

_LEAVE = "INSERT INTO domain_events (id, document) VALUES (?, ?)"
_EARLIEST, _LATEST = -(2**63), 2**63 - 1
_HIGHEST = (_LATEST, "")
"""A place that every row is below."""


@frozen
class Records(Generic[Entity]):
    """Entities of one kind; rows are `(id, document)`, and perhaps what else was selected.

    `row` says what the columns of an entity hold.
    """

    kind: str
    type: type[Entity]
    row: Callable[[Entity], dict[str, Any]]

    def read(self, row: Sequence[Any]) -> Entity:
        """The entity of a row; raises `CorruptRecord`."""
        identity, document, *_ = row
        return documents().read(self.kind, self.type, identity, document)

    def check(self, columns: Mapping[str, Any]) -> None:
        """Refuse a row whose columns, by name, are not those of its document.

        Raises:
            CorruptRecord: names the columns.
        """
        identity = columns["id"]
        expected = self.row(self.read((identity, columns["document"])))
        expected["document"] = columns["document"]
        wrong = [name for name, value in expected.items() if value != columns[name]]
        if wrong:
            problem = f"its columns are not those of its document: {', '.join(wrong)}"
            raise CorruptRecord(self.kind, f"{identity}", problem)

    def read_all(self, rows: Iterable[Sequence[Any]]) -> tuple[Entity, ...]:
        """The entities of some rows, in their order, without those that are corrupt."""
        return readable(self.read, rows)

    def find(
        self, connection: sqlite3.Connection, statement: str, values: _Values
    ) -> Entity | None:
        """The entity that `statement` selects, or nothing."""
        rows = select(connection, statement, values)
        return self.read(rows[0]) if rows else None

    def get(self, connection: sqlite3.Connection, statement: str, identity: str) -> Entity:
        """The entity that `statement` selects for `identity`; raises `NotFound`."""
        entity = self.find(connection, statement, (identity,))
        if entity is None:
            raise NotFound(self.kind, identity)
        return entity


def page_of(records: Records[Placed], rows: Sequence[Sequence[Any]], limit: int) -> Page[Placed]:
    """A page of `rows`, which go on by one beyond `limit` if there is another page.

    They are `(id, document, place)`: whatever cannot be read, the next page begins behind it.
    """
    shown = rows[:limit]
    more = Cursor(shown[-1][2], shown[-1][0]) if len(rows) > limit else None
    return Page(records.read_all(shown), more)


def select(connection: sqlite3.Connection, statement: str, values: _Values) -> list[Any]:
    """The rows that `statement` selects; text that UTF-8 cannot write names none."""
    try:
        return connection.execute(statement, values).fetchall()
    except UnicodeEncodeError:
        return []


def listed(texts: Iterable[str]) -> str:
    """Some texts as one value, to be read by `json_each`."""
    return json.dumps(list(texts))


def edge(after: Cursor | None) -> tuple[int, str]:
    """The place behind which a page begins, from the highest down."""
    return _HIGHEST if after is None else (after.value, after.id)


def bounds(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The time from `since` to before `until` (UTC), in milliseconds; without one it has no end."""
    return (
        _EARLIEST if since is None else to_milliseconds(since),
        _LATEST if until is None else to_milliseconds(until),
    )


def insert(
    connection: sqlite3.Connection,
    statement: str,
    entity: Entity,
    records: Records[Entity],
    events: Iterable[DomainEvent] = (),
) -> int:
    """Run an INSERT and return the row's number; raises `AlreadyExists` if a key is taken.

    What happened is kept with it.
    """
    row = records.row(entity)
    try:
        number = connection.execute(statement, row).lastrowid or 0
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(records.kind, row["id"]) from error
    leave(connection, events)
    return number


def leave(connection: sqlite3.Connection, events: Iterable[DomainEvent]) -> None:
    """Keep what happened, in the write that made it happen."""
    rows = [(event.id, documents().write(event, DomainEvent)) for event in events]
    connection.executemany(_LEAVE, rows)


def replace(
    connection: sqlite3.Connection,
    statement: str,
    entity: Revised,
    records: Records[Revised],
    events: Iterable[DomainEvent] = (),
) -> Revised:
    """Write the next revision of `entity`, if the kept one has `entity.revision`; return it.

    What happened is kept with it.

    `statement` updates the row of `:id` whose revision is `:before`.

    Raises:
        StaleWrite: there is no such row.
        AlreadyExists: another one has a key that must be its own.
    """
    following = evolve(entity, revision=entity.revision + 1)
    values = {**records.row(following), "before": entity.revision}
    try:
        updated = connection.execute(statement, values).rowcount
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(records.kind, values["id"]) from error
    if not updated:
        raise StaleWrite(records.kind, values["id"])
    leave(connection, events)
    return following


def delete(database: Database, before: datetime, statement: str, count: str | None) -> int:
    """Run a DELETE of what lies before a time, or only the statement that counts it; how many."""
    values = (to_milliseconds(before),)
    if count is not None:
        with database.read() as connection:
            return int(select(connection, count, values)[0][0])
    with database.write() as connection:
        return connection.execute(statement, values).rowcount
