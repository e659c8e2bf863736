"""Automations in SQLite, and the catalogue that is made of them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koda.adapters.sqlite import search
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
from koda.adapters.sqlite.terms import indexed
from koda.domain.model.automations import Automation
from koda.domain.model.catalogue import CataloguePage, CatalogueQuery, Facets, Sort, terms_of
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.automations import Automations

ONE = "SELECT id, document FROM automations WHERE id = ?"
_SOME = "SELECT id, document FROM automations WHERE id IN (SELECT value FROM json_each(?))"
_NUMBERED = """
SELECT number, id, document FROM automations
WHERE number IN (SELECT value FROM json_each(?))
"""
OF_SELLER = """
SELECT id, document, created FROM automations WHERE seller_id = ? AND (created, id) < (?, ?)
ORDER BY created DESC, id DESC LIMIT ?
"""
_OTHER_CURRENCIES = """
SELECT a.id, a.document FROM listings l JOIN automations a ON a.number = l.number
WHERE l.currency < ? OR l.currency > ? LIMIT ?
"""
_ADD = """
INSERT INTO automations (id, seller_id, created, revision, document)
VALUES (:id, :seller_id, :created, :revision, :document)
"""
_SAVE = """
UPDATE automations SET seller_id = :seller_id, created = :created, revision = :revision,
    document = :document
WHERE id = :id AND revision = :before
"""
_NUMBER = "SELECT number FROM automations WHERE id = ?"
FILES_IN_USE = """
SELECT DISTINCT key FROM automation_files WHERE key IN (SELECT value FROM json_each(?))
"""
_REFER = "INSERT INTO automation_files (key, number) VALUES (?, ?)"
CLEAR = (
    "DELETE FROM automation_files WHERE number = ?",
    "DELETE FROM listings WHERE number = ?",
    "DELETE FROM listing_tags WHERE number = ?",
    "DELETE FROM listing_terms WHERE rowid = ?",
)
_LIST = """
INSERT INTO listings (number, id, platform, category, price, currency, listed)
VALUES (:number, :id, :platform, :category, :price, :currency, :listed)
"""
_TAG = """
INSERT INTO listing_tags (number, tag, id, platform, category, price, listed)
VALUES (:number, :tag, :id, :platform, :category, :price, :listed)
"""
_INDEX = "INSERT INTO listing_terms (rowid, terms) VALUES (?, ?)"

_NEWEST = CatalogueQuery(sort=Sort.NEWEST)


def _row(automation: Automation) -> dict[str, Any]:
    return {
        "id": automation.id,
        "seller_id": automation.seller_id,
        "created": to_milliseconds(automation.created_at),
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
            number = insert(connection, _ADD, automation, RECORDS, events)
            _refer(connection, number, automation)
            _list(connection, number, automation)

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        with self._database.write() as connection:
            following = replace(connection, _SAVE, automation, RECORDS, events)
            (number,) = connection.execute(_NUMBER, (automation.id,)).fetchone()
            for statement in CLEAR:
                connection.execute(statement, (number,))
            _refer(connection, number, following)
            _list(connection, number, following)
        return following

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        values = (seller_id, *edge(after), limit + 1)
        with self._database.read() as connection:
            rows = select(connection, OF_SELLER, values)
        return page_of(RECORDS, rows, limit)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        with self._database.read() as connection:
            rows = select(connection, FILES_IN_USE, (listed(keys),))
        return frozenset(FileKey(key) for (key,) in rows)

    def search(self, query: CatalogueQuery) -> CataloguePage:
        with self._database.read() as connection:
            places = select(connection, *search.places(query))
            shown = [number for number, *_ in places[: query.limit]]
            rows = {number: row for number, *row in select(connection, _NUMBERED, (f"{shown}",))}
            groups = select(connection, *search.counts(query))
        items = RECORDS.read_all(rows[number] for number in shown)
        more = Cursor(*places[query.limit - 1][1:]) if len(places) > query.limit else None
        return CataloguePage(items, more, Facets.of(query, groups))

    def in_other_currencies(self, currency: str, limit: int) -> tuple[Automation, ...]:
        with self._database.read() as connection:
            rows = select(connection, _OTHER_CURRENCIES, (currency, currency, limit))
        return RECORDS.read_all(rows)


def _refer(connection: sqlite3.Connection, number: int, automation: Automation) -> None:
    """Note the files that the automation refers to."""
    connection.executemany(_REFER, ((key, number) for key in automation.file_keys))


def _list(connection: sqlite3.Connection, number: int, automation: Automation) -> None:
    """Put the automation into the catalogue if it is for sale."""
    if not automation.for_sale:
        return
    listing = automation.listing
    row = {
        "number": number,
        "id": automation.id,
        "platform": listing.platform,
        "category": listing.category,
        "price": listing.price.minor,
        "currency": listing.price.currency,
        "listed": _NEWEST.sort_value(automation),
    }
    connection.execute(_LIST, row)
    connection.executemany(_TAG, ({**row, "tag": tag} for tag in listing.tags))
    connection.execute(_INDEX, (number, indexed(terms_of(listing))))
