"""How the index in an SQLite file goes about labels of many entries."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from koda.adapters.sqlite import index_rows
from koda.adapters.sqlite.automations import ADD, RECORDS, SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.adapters.sqlite.index_questions import Question
from koda.adapters.sqlite.places import first_place, last_place
from koda.adapters.sqlite.records import insert
from koda.domain.model.automations import AutomationState
from koda.domain.model.money import Money
from koda.domain.search.corrections import forms_of
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.testing.contracts.catalogue_index_machine import expected_counts, expected_entries
from koda.testing.examples import NOON, a_listing, an_automation

MANY = 210
WORDS = {0: "alone", 3: "rare common commoner"}
"""The words of some listings; all others have `common` and `commoner`."""


def utc(year: int) -> datetime:
    """The first of January."""
    return datetime(year, 1, 1, tzinfo=UTC)


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


@pytest.mark.parametrize("published", [utc(1969), utc(2019), utc(2090)])
def test_listings_of_times_without_a_place_of_their_own_are_in_order(
    database: Database, published: datetime
) -> None:
    """Whichever way they come, beside those of other prices: there is always room."""
    added = [
        an_automation(
            f"aut_{number:02}",
            listing=a_listing(price=Money(1250 + number % 8 // 7, "EUR")),
            published_at=published + timedelta(days=number),
        )
        for number in (*range(40, 60), *range(39, 0, -1), 60)
    ]
    store = SqliteAutomations(database)
    for automation in added:
        store.add(automation)

    with database.read() as connection:
        rows = connection.execute("SELECT price, amount FROM index_entries").fetchall()
        for order in Order:
            check = (
                f"INSERT INTO index_{order.value}(index_{order.value}) VALUES('integrity-check')"
            )
            connection.execute(check)
    read = SqliteCatalogueIndex(database).read
    for order in Order:
        expected = expected_entries(added, Wanted(), order)
        assert list(read(wanted("P:n8n"), order, 99)) == expected
    assert all(first_place(amount) <= place <= last_place(amount) for place, amount in rows)


def test_adding_older_and_older_listings_moves_no_other(database: Database) -> None:
    """So that an import, the newest first, takes as long as any other."""
    store = SqliteAutomations(database)
    for number in range(30, 0, -1):
        published = utc(2019) + timedelta(days=number)
        store.add(an_automation(f"aut_{number:02}", published_at=published))

    with database.read() as connection:
        rows = connection.execute("SELECT price FROM index_entries ORDER BY price").fetchall()
    (first, *_), (last, *_) = rows[0], rows[-1]
    assert last - first == 29


@pytest.mark.parametrize("place", ["", "nowhere", "9" * 30])
def test_a_damaged_index_is_right_after_it_was_written_anew(database: Database, place: str) -> None:
    """The text indexes, the counts and the words; from the start if nobody knows the place."""
    words = " ".join(f"w{number}" for number in range(400))
    added = [
        an_automation(f"aut_{n}", listing=a_listing(title="Invoices", description=words))
        for n in range(3)
    ]
    store, index = SqliteAutomations(database), SqliteCatalogueIndex(database)
    for automation in added:
        store.add(automation)
    with database.write() as connection:
        connection.execute("INSERT INTO index_newest(index_newest) VALUES('delete-all')")
        connection.execute("INSERT INTO index_price(index_price) VALUES('delete-all')")
        connection.execute("DELETE FROM index_labels WHERE label = 'w7'")
        connection.execute("UPDATE index_labels SET entries = 9 WHERE label IN ('A:', 'w8')")
        connection.execute("INSERT INTO index_labels (label, entries) VALUES ('gone', 2)")
        connection.execute("UPDATE index_entries SET labels = x'07ff' WHERE id = 'aut_1'")
    following: str | None = place
    while following is not None:
        following = SqliteIndexBuilder(database).step(following, 200).place

    counts = expected_counts(added)
    assert index.frequencies({*counts, "gone"}) == counts
    assert index.size() == 3
    assert "w7" in index.near(forms_of("w7"))
    for order in Order:
        assert len(index.read(wanted("w7", "w9"), order, 9)) == 3
    store.save(evolve(added[0], state=AutomationState.WITHDRAWN))
    assert len(index.read(wanted("w7"), Order.PRICE, 9)) == 2


def ids(entries: tuple[IndexEntry, ...]) -> list[str]:
    """The ids of some entries."""
    return [entry.id for entry in entries]
