"""Mending what the catalogue's index has beside its entries: the text indexes and the counts."""

import sqlite3
from collections.abc import Iterable

from koda.adapters.sqlite.index_counts import ALL, add_word, drop_label
from koda.adapters.sqlite.index_rows import Row, row_of
from koda.adapters.sqlite.index_schema import ADD_TEXT
from koda.adapters.sqlite.tokens import quoted
from koda.domain.search.entries import Order

_INDEXED = "SELECT 1 FROM index_{0} WHERE index_{0} MATCH ? AND rowid = ?"
_KNOW = "INSERT OR IGNORE INTO index_labels (label, entries) VALUES (?, 0)"
_NEXT = "SELECT number, label FROM index_labels WHERE label > ? ORDER BY label LIMIT ?"
_ALL_ENTRIES = "SELECT count(*) FROM index_entries"
_ENTRIES = "SELECT count(*) FROM index_newest WHERE index_newest MATCH ?"
_COUNTED = "UPDATE index_labels SET entries = ? WHERE number = ?"


def restore(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Put the entries of these automations back into the text indexes that lost them.

    Their labels are known again, too, and are to be counted.
    """
    for number in numbers:
        row = row_of(connection, number)
        if row is not None and row.labels:
            _restore(connection, row)


def recount(connection: sqlite3.Connection, after: str, limit: int) -> list[str]:
    """Count the entries of the next labels behind one again; return them, at most `limit`."""
    rows = connection.execute(_NEXT, (after, limit)).fetchall()
    for number, label in rows:
        if label == ALL:
            ((entries,),) = connection.execute(_ALL_ENTRIES)
        else:
            ((entries,),) = connection.execute(_ENTRIES, (quoted(label),))
        connection.execute(_COUNTED, (entries, number))
        if entries:
            add_word(connection, label, number)
        else:
            drop_label(connection, label, number)
    return [label for _, label in rows]


def _restore(connection: sqlite3.Connection, row: Row) -> None:
    labels = row.labels
    for order in Order:
        place, text = row.text(order)
        matching = " AND ".join(map(quoted, labels))
        asked = connection.execute(_INDEXED.format(order.value), (matching, place))
        if asked.fetchone() is None:
            # What is still there of it is not counted twice: FTS5 takes the newest of a row.
            connection.execute(ADD_TEXT.format(order.value), (place, text))
    connection.executemany(_KNOW, [(label,) for label in (*labels, ALL)])
