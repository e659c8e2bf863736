"""The catalogue's index in SQLite."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import Factory, define

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_rows import ALL, Row
from koda.adapters.sqlite.places import first_place, last_place, place_behind
from koda.adapters.sqlite.records import listed, select
from koda.adapters.sqlite.tokens import token
from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.ports.catalogue_index import CatalogueIndex

_COLUMNS = (
    "e.newest, e.price, e.number, e.id, e.published, e.amount, e.platform, e.category, e.labels"
)
_LAST = "\U0010ffff"
"""The last character there is, which is in no word."""
_HIGHEST = 2**63 - 1
_FEW = 2000
"""Entries of a range of prices up to which they are read by price, whatever the order."""

_FREQUENCIES = """
SELECT label, entries FROM index_labels WHERE label IN (SELECT value FROM json_each(?))
"""
_BEGINNING = """
SELECT label, entries FROM index_labels WHERE label >= ? AND label < ? ORDER BY label LIMIT ?
"""
_NEAR = """
SELECT DISTINCT w.label, w.entries FROM index_forms f JOIN index_labels w ON w.number = f.word
WHERE f.form IN (SELECT value FROM json_each(?))
"""
_TALLY = "SELECT platform, category, count(*) FROM ({}) GROUP BY 1, 2"
_PRICED = """
SELECT count(*) FROM (SELECT 1 FROM index_entries WHERE price BETWEEN ? AND ? LIMIT ?)
"""


@define
class _Question:
    """A source of entries `e`, and the conditions on them with their values."""

    source: str = "index_entries e"
    conditions: list[str] = Factory(list)
    values: list[object] = Factory(list)

    def add(self, condition: str, *values: object) -> None:
        """Narrow it down."""
        self.conditions.append(condition)
        self.values.extend(values)

    def select(self, columns: str, ending: str) -> str:
        """The SQL text."""
        where = ("WHERE", " AND ".join(self.conditions)) if self.conditions else ()
        return " ".join(("SELECT", columns, "FROM", self.source, *where, ending))


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
            walked = self._walked(connection, wanted, order)
            place = None
            if after is not None:
                place = place_behind(connection, order, after, ascending=ascending)
                if place is None:
                    return ()
            asked = page(wanted, order, walked, place, limit, ascending=ascending)
            rows = select(connection, *asked)
        return tuple(Row(*row).entry for row in rows)

    def tally(self, wanted: Wanted, most: int) -> Mapping[tuple[str, str], int]:
        with self._database.read() as connection:
            walked = self._walked(connection, wanted, Order.NEWEST)
            rows = select(connection, *groups(wanted, walked, most))
        return {(platform, category): count for platform, category, count in rows}

    def frequencies(self, labels: Iterable[str]) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, _FREQUENCIES, (listed(labels),)))

    def size(self) -> int:
        return self.frequencies((ALL,)).get(ALL, 0)

    def beginning_with(self, text: str, most: int) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, _BEGINNING, (text, text + _LAST, most)))

    def near(self, forms: Iterable[int]) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(select(connection, _NEAR, (f"{list(forms)}",)))

    @staticmethod
    def _walked(connection: Any, wanted: Wanted, order: Order) -> Order:
        """The order in which entries are read: by price where the range of prices has few."""
        if order is Order.PRICE or (wanted.min_price is None and wanted.max_price is None):
            return order
        ((count,),) = select(connection, _PRICED, (*_prices(wanted), _FEW + 1))
        return Order.PRICE if count <= _FEW else order


def page(
    wanted: Wanted, order: Order, walked: Order, place: int | None, limit: int, *, ascending: bool
) -> tuple[str, list[object]]:
    """Select at most `limit` wanted entries in an order, from a place on.

    They are read in the order `walked`.
    """
    question = _question(wanted, walked)
    column = _column(question, order, walked)
    if place is not None:
        question.add(f"{column} {'>=' if ascending else '<='} ?", place)
    direction = "ASC" if ascending else "DESC"
    statement = question.select(_COLUMNS, f"ORDER BY {column} {direction} LIMIT ?")
    return statement, [*question.values, limit]


def groups(wanted: Wanted, walked: Order, most: int) -> tuple[str, list[object]]:
    """Select how many of the newest `most` wanted entries each platform and category has.

    They are read in the order `walked`.
    """
    question = _question(wanted, walked)
    column = _column(question, Order.NEWEST, walked)
    counted = question.select("e.platform, e.category", f"ORDER BY {column} DESC LIMIT ?")
    return _TALLY.format(counted), [*question.values, most]


def _question(wanted: Wanted, walked: Order) -> _Question:
    """The wanted entries, read in an order."""
    question = _Question()
    place = f"e.{walked.value}"
    matching = _matching(wanted)
    if matching:
        text = f"index_{walked.value}"
        # A cross join is SQLite's way to say which side is read first.
        question.source = f"{text} t CROSS JOIN index_entries e ON {place} = t.rowid"
        question.add(f"{text} MATCH ?", matching)
        place = "t.rowid"
    if wanted.min_price is not None or wanted.max_price is not None:
        # A sign keeps SQLite from reading in another order, and then sorting what it read.
        column = place if walked is Order.PRICE else "+e.price"
        question.add(f"{column} BETWEEN ? AND ?", *_prices(wanted))
        # The highest prices share their places.
        highest = _HIGHEST if wanted.max_price is None else wanted.max_price
        question.add("+e.amount BETWEEN ? AND ?", wanted.min_price or 0, highest)
    return question


def _column(question: _Question, order: Order, walked: Order) -> str:
    """The column that has the place in an order, where the entries are read in another."""
    by_text = question.source != _Question().source and walked is order
    return "t.rowid" if by_text else f"e.{order.value}"


def _prices(wanted: Wanted) -> tuple[int, int]:
    """The lowest and the highest place of the wanted prices."""
    highest = _HIGHEST if wanted.max_price is None else last_place(wanted.max_price)
    return first_place(wanted.min_price or 0), highest


def _matching(wanted: Wanted) -> str:
    """What FTS5 is asked for: a token each, and the beginnings of some."""
    whole = (f'"{token(label)}"' for label in sorted(wanted.labels))
    begun = (f'"{token(label)}" *' for label in sorted(wanted.beginnings))
    return " AND ".join((*whole, *begun))
