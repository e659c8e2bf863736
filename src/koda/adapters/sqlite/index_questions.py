"""What the text indexes and the places are asked for what is wanted.

Entries are read in the order of the answer, and no further than it goes. Only where a range of
prices leaves few, those are read by price, and sorted.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from attrs import Factory, frozen

from koda.adapters.sqlite.index_counts import ALL
from koda.adapters.sqlite.index_schema import INDEXED_LETTERS
from koda.adapters.sqlite.places import SHARED_FROM, first_place, last_place
from koda.adapters.sqlite.records import listed, select
from koda.adapters.sqlite.tokens import quoted, token
from koda.domain.search.entries import Order, Wanted

FREQUENCIES = """
SELECT label, entries FROM index_labels WHERE label IN (SELECT value FROM json_each(?))
"""
BEGINNING = """
SELECT label, entries FROM index_labels WHERE label >= ? AND label < ? ORDER BY label LIMIT ?
"""
LAST = "\U0010ffff"
"""The last character there is, which is in no word."""
_MOST_CHECKED = 600
"""Expected entries up to which all are read to look at their labels."""
_FEW = 2000
"""Entries up to which they are read by price, whatever the order."""
_MOST_WORDS = 500
"""Words up to which those that begin so are asked for instead of their beginning."""
_ENTRIES_OF_A_WORD = 100
"""Entries that FTS5 merges, to know all with a beginning, in the time in which it opens a word."""
_ENTRIES_OF_A_CHECK = 200
"""Entries of a label that FTS5 walks through in the time in which one is read and looked at."""
_HIGHEST = 2**63 - 1
_SELECT = "SELECT {} FROM {} {} ORDER BY {} {} LIMIT ?"
_COUNT = "SELECT count(*) FROM ({})"
_PAGE = """
SELECT e.newest, e.price, e.id, e.published, e.amount, e.platform, e.category, e.labels
FROM ({}) c CROSS JOIN index_entries e ON e.newest = c.newest
"""
_TALLY = """
SELECT k.platform, k.category, c.entries
FROM (SELECT kind, count(*) AS entries FROM ({}) GROUP BY kind) c
JOIN index_kinds k ON k.number = c.kind
"""
_NEWEST, _KIND = "p.newest", "p.kind"
Asked = tuple[str, list[Any]]
"""A statement and its values."""


@frozen
class Page:
    """At most `limit` entries in an order, from a place on."""

    order: Order
    place: int | None
    limit: int
    ascending: bool = False


@frozen
class Question:
    """Wanted entries, which are read in the order `walked`: an expression of FTS5, and prices.

    Where few entries have the rarest labels, the others (`checked`) are left to be looked for in
    what is read, which is quicker than to have FTS5 walk through all that has them.
    """

    walked: Order
    wanted: Wanted
    matching: str
    checked: Wanted = Factory(Wanted)

    @classmethod
    def of(cls, connection: sqlite3.Connection, wanted: Wanted, order: Order) -> "Question":
        """The question that is read quickest for an answer in an order."""
        if order is Order.NEWEST and wanted.priced:
            by_price = cls.walking(connection, wanted, Order.PRICE)
            statement, values = by_price.select(_NEWEST, Page(Order.PRICE, None, _FEW + 1))
            rows = select(connection, _COUNT.format(statement), values)
            if rows and rows[0][0] <= _FEW:
                return by_price
        return cls.walking(connection, wanted, order)

    @classmethod
    def walking(cls, connection: sqlite3.Connection, wanted: Wanted, order: Order) -> "Question":
        """The question whose entries are read in an order."""
        total = _total(connection) if len(wanted.labels) + len(wanted.beginnings) > 1 else 0
        parts = sorted(_parts(connection, wanted, order, total), key=lambda part: part.entries)
        matched: list[str] = []
        expected, checked = float(total), Wanted()
        for part in parts:
            slow = part.entries > expected * _ENTRIES_OF_A_CHECK and expected <= _MOST_CHECKED
            if matched and slow:
                checked &= part.wanted
            else:
                matched.append(part.matching)
                expected *= part.entries / max(total, 1)
        return cls(order, wanted, " AND ".join(matched), checked)

    @property
    def is_checked(self) -> bool:
        """Whether the labels of what is read must be looked at."""
        return bool(self.checked.labels or self.checked.beginnings)

    def page(self, page: Page) -> Asked:
        """Select the entries of a page."""
        statement, values = self.select(_NEWEST, page)
        return _PAGE.format(statement), values

    def newest(self, limit: int) -> Asked:
        """Select the places of the newest entries."""
        return self.select(_NEWEST, Page(Order.NEWEST, None, limit))

    def tally(self, most: int) -> Asked:
        """Select how many of at most so many entries there are of each platform and category."""
        page = Page(self.walked, None, most, ascending=self.walked is Order.PRICE)
        statement, values = self.select(_KIND, page)
        return _TALLY.format(statement), values

    def select(self, column: str, page: Page) -> Asked:
        """Select a column of the places of a page."""
        walked = "t.rowid" if self.matching else f"p.{self.walked.value}"
        ordered = walked if page.order is self.walked else f"p.{page.order.value}"
        conditions, values = self._conditions(walked)
        if page.place is not None:
            conditions.append(f"{ordered} {'>=' if page.ascending else '<='} ?")
            values.append(page.place)
        if self._by_text_alone and column == _NEWEST:
            column, source = "t.rowid AS newest", "index_newest t"
        else:
            source = self._source()
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        direction = "ASC" if page.ascending else "DESC"
        values.append(page.limit)
        return _SELECT.format(column, source, where, ordered, direction), values

    @property
    def _by_text_alone(self) -> bool:
        """Whether the text index tells all that there is to know of places."""
        newest = self.walked is Order.NEWEST
        return bool(self.matching) and newest and not self.wanted.priced

    def _source(self) -> str:
        source = "index_places p"
        if self.matching:
            # A cross join is SQLite's way to say which side is read first.
            text = f"index_{self.walked.value} t"
            source = f"{text} CROSS JOIN index_places p ON p.{self.walked.value} = t.rowid"
        if self._shares_places:
            source = f"{source} CROSS JOIN index_entries e ON e.newest = p.newest"
        return source

    @property
    def _shares_places(self) -> bool:
        """Whether places do not tell the wanted prices apart."""
        return max(self.wanted.min_price or 0, self.wanted.max_price or 0) >= SHARED_FROM

    def _conditions(self, walked: str) -> tuple[list[str], list[Any]]:
        """What must hold of a place that is read by the column `walked`, and the values in it."""
        conditions: list[str] = []
        values: list[Any] = []
        if self.matching:
            conditions.append(f"index_{self.walked.value} MATCH ?")
            values.append(self.matching)
        if self.wanted.priced:
            lowest = self.wanted.min_price or 0
            highest = _HIGHEST if self.wanted.max_price is None else self.wanted.max_price
            # A sign keeps SQLite from reading in another order, and then sorting what it read.
            column = walked if self.walked is Order.PRICE else "+p.price"
            conditions.append(f"{column} BETWEEN ? AND ?")
            values.extend((first_place(lowest), last_place(highest)))
            if self._shares_places:
                conditions.append("e.amount BETWEEN ? AND ?")
                values.extend((lowest, highest))
        return conditions, values


@frozen
class _Part:
    """A label or a beginning: what FTS5 is asked for it, and in how many entries it may be."""

    wanted: Wanted
    matching: str
    entries: int


def _total(connection: sqlite3.Connection) -> int:
    rows = select(connection, FREQUENCIES, (listed((ALL,)),))
    return rows[0][1] if rows else 0


def _parts(
    connection: sqlite3.Connection, wanted: Wanted, order: Order, total: int
) -> Iterator[_Part]:
    """The labels and beginnings of what is wanted, but for labels that all entries have.

    A `total` of nothing says that nobody needs to know how rare they are.
    """
    counts = dict(select(connection, FREQUENCIES, (listed(wanted.labels),))) if total else {}
    for label in wanted.labels:
        entries = counts.get(label, 0)
        if not total or entries < total:
            yield _Part(Wanted(labels=frozenset((label,))), quoted(label), entries)
    for beginning in wanted.beginnings:
        yield _begun(connection, beginning, order, total)


def _begun(connection: sqlite3.Connection, beginning: str, order: Order, total: int) -> _Part:
    """A beginning, asked for as the words that begin so if that is quicker.

    FTS5 merges all entries of a beginning of which it has no index before it gives the first one.
    """
    matching, entries = f"{quoted(beginning)} *", total
    if len(token(beginning)) > INDEXED_LETTERS[order]:
        words = select(connection, BEGINNING, (beginning, beginning + LAST, _MOST_WORDS + 1))
        if len(words) <= _MOST_WORDS:
            entries = sum(count for _, count in words)
            if entries > len(words) * _ENTRIES_OF_A_WORD:
                matching = f"({' OR '.join(quoted(word) for word, _ in words)})"
    return _Part(Wanted(beginnings=frozenset((beginning,))), matching, min(entries, total))
