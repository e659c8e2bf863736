"""The catalogue's index in SQLite."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_counts import ALL
from koda.adapters.sqlite.index_questions import (
    BEGINNING,
    FREQUENCIES,
    LAST,
    Page,
    Question,
)
from koda.adapters.sqlite.packing import unpacked
from koda.adapters.sqlite.places import place_behind
from koda.adapters.sqlite.records import listed, select
from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order, Wanted, heaviest
from koda.domain.search.label_sets import Labels
from koda.ports.catalogue_index import CatalogueIndex

_ALL_ROWS = -1
"""A limit that is none."""
_AT_PLACES = """
SELECT e.newest, e.price, e.id, e.published, e.amount, e.platform, e.category, e.labels
FROM json_each(?) c CROSS JOIN index_entries e ON e.newest = c.value
"""
_NEAR = """
SELECT DISTINCT w.label, w.entries FROM index_forms f JOIN index_labels w ON w.number = f.word
WHERE f.form IN (SELECT value FROM json_each(?))
"""


class SqliteCatalogueIndex(CatalogueIndex):
    """The entries of an SQLite file, which `SqliteAutomations` writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(
        self,
        wanted: Wanted,
        order: Order,
        limit: int,
        after: Cursor | None = None,
        *,
        ascending: bool = False,
    ) -> tuple[IndexEntry, ...]:
        with self._database.read() as connection:
            place = None
            if after is not None:
                place = place_behind(connection, order, after, ascending=ascending)
                if place is None:
                    return ()
            asked = Question.of(connection, wanted, order)
            rows = _rows(connection, asked, Page(order, place, limit, ascending))
            return tuple(_entry(row, labels) for row, labels in rows)

    def heaviest(
        self, weights: Mapping[Wanted, int], newest: int, most: int
    ) -> tuple[IndexEntry, ...]:
        with self._database.read() as connection:
            weighed = (
                (weight, _newest(connection, wanted, newest)) for wanted, weight in weights.items()
            )
            chosen = heaviest(weighed, most)
            rows = select(connection, _AT_PLACES, (json.dumps(chosen),))
        entries = {row[0]: _entry(row, unpacked(row[-1])) for row in rows}
        return tuple(entries[place] for place in chosen)

    def tally(self, wanted: Wanted, most: int) -> Mapping[tuple[str, str], int]:
        order = Order.PRICE if wanted.priced else Order.NEWEST
        with self._database.read() as connection:
            asked = Question.walking(connection, wanted, order)
            if asked.is_checked:
                rows = _rows(connection, asked, Page(order, None, most, ascending=wanted.priced))
                return Counter((platform, category) for (*_, platform, category, _), _ in rows)
            groups = connection.execute(*asked.tally(most)).fetchall()
        return {(platform, category): count for platform, category, count in groups}

    def frequencies(self, labels: Iterable[str]) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, FREQUENCIES, (listed(labels),)))

    def size(self) -> int:
        return self.frequencies((ALL,)).get(ALL, 0)

    def beginning_with(self, text: str, most: int) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, BEGINNING, (text, text + LAST, most)))

    def near(self, forms: Iterable[int]) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, _NEAR, (f"{list(forms)}",)))


def _rows(
    connection: sqlite3.Connection, asked: Question, page: Page
) -> Iterator[tuple[Sequence[Any], Labels]]:
    """The rows of a page and their labels, in its order: a cross join keeps that of its left."""
    read = evolve(page, limit=_ALL_ROWS) if asked.is_checked else page
    rows = ((row, unpacked(row[-1])) for row in connection.execute(*asked.page(read)))
    if not asked.is_checked:
        return rows
    return islice((row for row in rows if asked.checked.has(row[1])), page.limit)


def _newest(connection: sqlite3.Connection, wanted: Wanted, most: int) -> list[int]:
    """The places of the newest entries."""
    asked = Question.of(connection, wanted, Order.NEWEST)
    if asked.is_checked:
        rows = _rows(connection, asked, Page(Order.NEWEST, None, most))
        return [place for (place, *_), _ in rows]
    return [place for (place,) in connection.execute(*asked.newest(most))]


def _entry(row: Sequence[Any], labels: Labels) -> IndexEntry:
    _, _, identity, published, amount, platform, category, _ = row
    return IndexEntry(identity, published, amount, platform, category, labels)
