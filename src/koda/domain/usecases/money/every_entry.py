"""Reading all entries that a query asks for, page by page."""

from collections.abc import Iterator

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.ports.journal import Journal

AT_ONCE = 500
"""Entries that are read at once."""


def every_entry(journal: Journal, query: EntryQuery) -> Iterator[Entry]:
    """Yield the entries that `query` asks for, oldest first.

    Raises:
        CorruptRecord: one of them cannot be read.
    """
    page = journal.entries(query, AT_ONCE)
    yield from page.items
    while page.next_place is not None:
        page = journal.entries(query, AT_ONCE, page.next_place)
        yield from page.items
