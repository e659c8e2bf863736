"""How the index in an SQLite file goes about labels of many entries."""

from datetime import timedelta

import pytest

from koda.adapters.sqlite import index_rows
from koda.adapters.sqlite.automations import ADD, RECORDS
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_questions import Question
from koda.adapters.sqlite.records import insert
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.testing.examples import NOON, a_listing, an_automation

MANY = 210
WORDS = {0: "alone", 3: "rare common commoner"}
"""The words of some listings; all others have `common` and `commoner`."""


@pytest.fixture
def index(database: Database) -> SqliteCatalogueIndex:
    """Many listings, of which all but one have a common word."""
    with database.write() as connection:
        for number in range(MANY):
            text = f"{WORDS.get(number, 'common commoner')} everywhere".ljust(20, ".")
            listing = a_listing(title=f"Number {number}", description=text, tags=())
            at = NOON + timedelta(minutes=number)
            automation = an_automation(f"aut_{number}", listing=listing, published_at=at)
            row = insert(connection, ADD, automation, RECORDS)
            index_rows.put(connection, [(row, automation)])
    return SqliteCatalogueIndex(database)


def wanted(*labels: str, begun: str = "") -> Wanted:
    """What has all of these labels."""
    return Wanted(labels=frozenset(labels), beginnings=frozenset(filter(None, (begun,))))


def test_frequent_labels_are_looked_for_where_a_rare_one_is(
    database: Database, index: SqliteCatalogueIndex
) -> None:
    """So that only few entries are read; what all have is not looked for at all."""
    rare, alone = wanted("rare", "common"), wanted("alone", "common")
    with database.read() as connection:
        asked = Question.of(connection, rare, Order.NEWEST)
        everywhere = Question.of(connection, wanted("common", "everywhere"), Order.NEWEST)

    assert (asked.matching, asked.checked) == ('"rare"', wanted("common"))
    assert (everywhere.matching, everywhere.is_checked) == ('"common"', False)
    assert ids(index.read(rare, Order.NEWEST, 9)) == ids(index.heaviest({rare: 1}, 9, 9))
    assert ids(index.read(rare, Order.PRICE, 9)) == ["aut_3"]
    assert sum(index.tally(rare, 9).values()) == 1
    assert index.read(alone, Order.NEWEST, 9) == index.heaviest({alone: 1}, 9, 9) == ()
    assert index.tally(alone, 9) == {}


def test_long_beginnings_are_asked_for_as_words(
    database: Database, index: SqliteCatalogueIndex
) -> None:
    """If that is quicker than to merge all that have them."""
    begun = wanted(begun="common")
    with database.read() as connection:
        asked = Question.of(connection, begun, Order.NEWEST)

    assert asked.matching == '("common" OR "commoner")'
    assert sum(index.tally(begun, MANY).values()) == MANY - 1
    assert ids(index.read(begun, Order.NEWEST, 2)) == [f"aut_{MANY - 1}", f"aut_{MANY - 2}"]


def ids(entries: tuple[IndexEntry, ...]) -> list[str]:
    """The ids of some entries."""
    return [entry.id for entry in entries]
