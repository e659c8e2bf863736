"""In how many entries of the catalogue's index each label is, and by what words are found."""

import sqlite3
from collections.abc import Mapping

from koda.domain.search.corrections import forms_of
from koda.domain.search.labels import is_word

ALL = "A:"
"""The label under which all entries are counted."""
_COUNT = """
INSERT INTO index_labels (label, entries) VALUES (?, ?)
ON CONFLICT DO UPDATE SET entries = entries + excluded.entries RETURNING number, entries
"""
_FORM = "INSERT OR IGNORE INTO index_forms (form, word) VALUES (?, ?)"
_NO_FORM = "DELETE FROM index_forms WHERE form = ? AND word = ?"
_NO_LABEL = "DELETE FROM index_labels WHERE number = ?"


def count(connection: sqlite3.Connection, changes: Mapping[str, int]) -> None:
    """Count the entries of labels, and let words be found by their forms while there are some."""
    for label, change in changes.items():
        if not change:
            continue
        number, entries = connection.execute(_COUNT, (label, change)).fetchone()
        if entries == change:
            add_word(connection, label, number)
        if entries == 0:
            drop_label(connection, label, number)


def add_word(connection: sqlite3.Connection, label: str, number: int) -> None:
    """Let a label of this number be found by its forms, if it is a word."""
    connection.executemany(_FORM, _forms(label, number))


def drop_label(connection: sqlite3.Connection, label: str, number: int) -> None:
    """Forget a label of this number, which no entry has."""
    connection.executemany(_NO_FORM, _forms(label, number))
    connection.execute(_NO_LABEL, (number,))


def _forms(label: str, number: int) -> list[tuple[int, int]]:
    return [(form, number) for form in forms_of(label)] if is_word(label) else []
