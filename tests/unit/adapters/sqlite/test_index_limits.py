"""What the index in an SQLite file does with very many entries, and with what cannot be read."""

import zlib

import pytest

from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.adapters.sqlite.places import window_around
from koda.domain.model.errors import CorruptRecord, Unavailable
from koda.domain.search.entries import Order, Wanted
from koda.testing.examples import a_listing, an_automation

MADE = """
WITH RECURSIVE made (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM made WHERE number < ?)
INSERT INTO index_entries SELECT number, number, number, 'aut_' || number, number, 100, 'n8n',
    'Sales', ? FROM made
"""
NO_LABELS = zlib.compress(b"\n", wbits=-15)
WORDS = """
WITH RECURSIVE made (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM made WHERE number < ?)
INSERT INTO index_labels (label, entries) SELECT 'invoice' || number, 1 FROM made
"""


def test_a_wide_range_of_prices_is_read_by_newest(database: Database) -> None:
    """Rather than by price, and sorted; and no more than are wanted are counted."""
    with database.write() as connection:
        connection.execute(MADE, (2100, NO_LABELS))
    index = SqliteCatalogueIndex(database)

    newest = index.read(Wanted(min_price=0), Order.NEWEST, 2)
    assert [entry.id for entry in newest] == ["aut_2100", "aut_2099"]
    assert sum(index.tally(Wanted(min_price=0), 9).values()) == 9


def test_a_beginning_of_very_many_words_is_asked_for_as_it_is(database: Database) -> None:
    """Rather than as each of them."""
    with database.write() as connection:
        connection.execute(WORDS, (600,))
    SqliteAutomations(database).add(an_automation(listing=a_listing(title="Of invoice7 only")))

    wanted = Wanted(beginnings=frozenset(("invoice",)))
    [entry] = SqliteCatalogueIndex(database).read(wanted, Order.NEWEST, 9)
    assert "T:invoice7" in entry.labels


@pytest.mark.parametrize("entries", [5, 8])
def test_places_of_a_price_are_spread_until_there_are_no_more(
    database: Database, entries: int
) -> None:
    """Then the listing is refused, and nothing goes on for ever."""
    with database.write() as connection:
        connection.execute(MADE, (entries - 1, NO_LABELS))
        if entries < 8:
            assert window_around(connection, Order.PRICE, (0, 7), 4) == (0, 7)
        else:
            with pytest.raises(Unavailable):
                window_around(connection, Order.PRICE, (0, 7), 4)


def test_how_far_a_rebuild_came_may_be_damaged(database: Database) -> None:
    """Which is told."""
    with database.write() as connection:
        connection.execute("INSERT INTO index_build VALUES (0, NULL, '', 0)")

    with pytest.raises(CorruptRecord):
        SqliteIndexBuilder(database).build()
