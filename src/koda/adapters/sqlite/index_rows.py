"""What automations write into the catalogue's index."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from attrs import Factory, define, frozen

from koda.adapters.sqlite.index_counts import ALL, count
from koda.adapters.sqlite.index_schema import ADD_TEXT
from koda.adapters.sqlite.packing import packed, unpacked
from koda.adapters.sqlite.places import place_for
from koda.adapters.sqlite.tokens import tokens
from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.search.entries import IndexEntry, Order
from koda.domain.search.indexing import entry_of
from koda.domain.search.label_sets import Labels

_ROW = """
SELECT newest, price, number, id, published, amount, platform, category, labels
FROM index_entries WHERE number = ?
"""
_ADD = """
INSERT INTO index_entries
    (newest, price, number, id, published, amount, platform, category, labels)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DROP = "DELETE FROM index_entries WHERE number = ?"
_UNINDEX = "INSERT INTO index_{0} (index_{0}, rowid, labels) VALUES ('delete', ?, ?)"


@frozen
class Row:
    """An entry as it is kept, at its places, with its labels packed."""

    newest: int
    price: int
    number: int
    id: str
    published: int
    amount: int
    platform: str
    category: str
    packed: bytes

    @property
    def labels(self) -> Labels:
        """The labels of the entry."""
        return unpacked(self.packed)

    @property
    def entry(self) -> IndexEntry:
        """The entry."""
        identity = AutomationId(self.id)
        of_listing = self.platform, self.category, self.labels
        return IndexEntry(identity, self.published, self.amount, *of_listing)

    def text(self, order: Order) -> tuple[int, str]:
        """The place and the text in the index of an order."""
        return (self.newest if order is Order.NEWEST else self.price), tokens(self.labels)


def entry(connection: sqlite3.Connection, number: int) -> IndexEntry | None:
    """The entry that an automation of this number has in the index."""
    row = row_of(connection, number)
    return row.entry if row else None


def wanted(automation: Automation) -> IndexEntry | None:
    """The entry that an automation ought to have: one if it is for sale."""
    return entry_of(automation) if automation.for_sale else None


def put(connection: sqlite3.Connection, automations: Iterable[tuple[int, Automation]]) -> None:
    """Let the index have what it has of numbered automations: an entry of each that is for sale."""
    change = _Change(connection)
    for number, automation in automations:
        before = change.note(number)
        following = wanted(automation)
        if following == (before and before.entry):
            continue
        connection.execute(_DROP, (number,))
        if following is not None:
            change.add(number, following)
    change.follow()


@define
class _Change:
    """A change of entries, which the text indexes and the counts follow at its end."""

    connection: sqlite3.Connection
    before: dict[int, Row | None] = Factory(dict)

    def note(self, number: int) -> Row | None:
        """Keep what an entry was before it changed; return it."""
        return self.before.setdefault(number, row_of(self.connection, number))

    def add(self, number: int, entry: IndexEntry) -> None:
        """Add an entry at its places."""
        newest, price = (place_for(self.connection, order, entry, self.note) for order in Order)
        of_listing = entry.published, entry.price, entry.platform, entry.category
        kept = packed(entry.labels)
        self.connection.execute(_ADD, (newest, price, number, entry.id, *of_listing, kept))

    def follow(self) -> None:
        """Bring text indexes and counts in step."""
        changes = [
            (old, new)
            for number, old in self.before.items()
            if (new := row_of(self.connection, number)) != old
        ]
        counts: Counter[str] = Counter()
        for old, new in changes:
            counts.subtract((*old.labels, ALL) if old else ())
            counts.update((*new.labels, ALL) if new else ())
        for order in Order:
            gone = [old.text(order) for old, _ in changes if old]
            come = [new.text(order) for _, new in changes if new]
            self._index(order, set(gone), set(come))
        count(self.connection, counts)

    def _index(self, order: Order, gone: set[tuple[int, str]], come: set[tuple[int, str]]) -> None:
        """Change a text index, in its order: else it would be written piece by piece."""
        self.connection.executemany(_UNINDEX.format(order.value), sorted(gone - come))
        self.connection.executemany(ADD_TEXT.format(order.value), sorted(come - gone))


def row_of(connection: sqlite3.Connection, number: int) -> Row | None:
    """The entry that an automation of this number has, as it is kept."""
    row = connection.execute(_ROW, (number,)).fetchone()
    return Row(*row) if row else None
