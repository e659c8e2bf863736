"""What automations write into the catalogue's index."""

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import Factory, define, frozen

from koda.adapters.sqlite.places import place_for
from koda.adapters.sqlite.tokens import tokens
from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.search.corrections import forms_of
from koda.domain.search.entries import IndexEntry, Order
from koda.domain.search.indexing import entry_of
from koda.domain.search.label_sets import Labels
from koda.domain.search.labels import is_word

ALL = "A:"
"""The label under which all entries are counted."""
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
_INDEX = "INSERT INTO index_{0} (rowid, labels) VALUES (?, ?)"
_UNINDEX = "INSERT INTO index_{0} (index_{0}, rowid, labels) VALUES ('delete', ?, ?)"
_COUNT = """
INSERT INTO index_labels (label, entries) VALUES (?, ?)
ON CONFLICT DO UPDATE SET entries = entries + excluded.entries RETURNING number, entries
"""
_FORM = "INSERT INTO index_forms (form, word) VALUES (?, ?)"
_NO_FORM = "DELETE FROM index_forms WHERE form = ? AND word = ?"
_NO_LABEL = "DELETE FROM index_labels WHERE number = ?"


_BARE = -15
"""For zlib: without a header and a sum, which would be a tenth of so short a text."""


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


def unpacked(packed: bytes) -> Labels:
    """The labels of an entry as they are kept."""
    return Labels(zlib.decompress(packed, _BARE).decode())


def entry(connection: sqlite3.Connection, number: int) -> IndexEntry | None:
    """The entry that an automation of this number has in the index."""
    row = _row(connection, number)
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
        return self.before.setdefault(number, _row(self.connection, number))

    def add(self, number: int, entry: IndexEntry) -> None:
        """Add an entry at its places."""
        newest, price = (place_for(self.connection, order, entry, self.note) for order in Order)
        packed = zlib.compress(entry.labels.text.encode(), wbits=_BARE)
        of_listing = entry.published, entry.price, entry.platform, entry.category, packed
        self.connection.execute(_ADD, (newest, price, number, entry.id, *of_listing))

    def follow(self) -> None:
        """Bring text indexes and counts in step."""
        changes = [
            (old, new)
            for number, old in self.before.items()
            if (new := _row(self.connection, number)) != old
        ]
        counts: Counter[str] = Counter()
        for old, new in changes:
            counts.subtract((*old.labels, ALL) if old else ())
            counts.update((*new.labels, ALL) if new else ())
        for order in Order:
            gone = [old.text(order) for old, _ in changes if old]
            come = [new.text(order) for _, new in changes if new]
            self._index(order, set(gone), set(come))
        _count(self.connection, counts)

    def _index(self, order: Order, gone: set[tuple[int, str]], come: set[tuple[int, str]]) -> None:
        """Change a text index, in its order: else it would be written piece by piece."""
        self.connection.executemany(_UNINDEX.format(order.value), sorted(gone - come))
        self.connection.executemany(_INDEX.format(order.value), sorted(come - gone))


def _row(connection: sqlite3.Connection, number: int) -> Row | None:
    row = connection.execute(_ROW, (number,)).fetchone()
    return Row(*row) if row else None


def _count(connection: sqlite3.Connection, changes: Mapping[str, int]) -> None:
    """Count the entries of labels, and let words be found by their forms while there are some."""
    for label, change in changes.items():
        if not change:
            continue
        number, entries = connection.execute(_COUNT, (label, change)).fetchone()
        forms = [(form, number) for form in forms_of(label)] if is_word(label) else []
        if entries == change:
            connection.executemany(_FORM, forms)
        if entries == 0:
            connection.executemany(_NO_FORM, forms)
            connection.execute(_NO_LABEL, (number,))
