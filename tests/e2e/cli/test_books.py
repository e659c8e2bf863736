"""`koda books` of a data directory."""

from contextlib import closing
from datetime import timedelta

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.journal import SqliteJournal
from koda.adapters.system.clock import now
from koda.testing.examples import NOON, an_entry
from tests.e2e.cli.program import Koda

LATER = an_entry("pi_2", occurred_at=NOON + timedelta(days=1))


@pytest.fixture
def books(koda: Koda) -> Koda:
    """Two sales of 12.50 euros, on the first and on the second of March 2026."""
    koda.data.mkdir(parents=True, exist_ok=True)
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteJournal(database).add([an_entry(), LATER])
    return koda


def test_trial_balance_sums_accounts_by_kind(books: Koda) -> None:
    """Until now, or until the end of a day; in JSON each account stands by itself."""
    table, first = books("books").out, books("books", "--on", "2026-03-01", "--json").json

    assert table.splitlines() == [
        "account   debit  credit  balance",
        "provider  25.00    0.00    25.00  EUR",
        "payable    0.00   21.24   -21.24  EUR",
        "revenue    0.00    3.76    -3.76  EUR",
        "Debits and credits are equal.",
    ]
    assert first["balanced"]
    assert {told["account"]: told["balance"] for told in first["balances"]} == {
        "provider": 1250,
        "payable:user_ada": -1062,
        "revenue:user_ada": -188,
    }


def test_statement_of_a_seller_is_of_days_in_a_zone(books: Koda) -> None:
    """As a table, as CSV and as a ledger."""
    asked = ("books", "seller", "user_ada", "--from", "2026-03-02", "--to", "2026-03-02")
    table, text = books(*asked, "--zone", "Asia/Tokyo").out, books(*asked, "--csv").out
    ledger = books(*asked, "--beancount").out
    (told,) = books(*asked, "--json").json

    assert "opening balance" in table
    assert table.splitlines()[-1] == "due 21.24, held 0.00, owed 0.00 EUR"
    assert len(text.splitlines()) == 2
    assert (told["currency"], told["closing"]["due"]) == ("EUR", 2124)
    assert [(line["gross"], line["balance"]) for line in told["lines"]] == [(1250, 2124)]
    assert "2026-03-03 balance Assets:Marketplace:Due  21.24 EUR" in ledger


def test_there_is_no_statement_of_who_never_sold(books: Koda) -> None:
    """And it says where ids stand."""
    ended = books("books", "seller", "Ada Okafor")

    assert (ended.code, ended.out) == (2, "")
    assert "it stands at their name" in ended.err


def test_sellers_are_listed_with_what_they_owe_and_are_due(books: Koda) -> None:
    """As a table, or as JSON in minor units as statements have them."""
    table, (told,) = books("books", "sellers").out, books("books", "sellers", "--json").json

    assert table.splitlines() == [
        "seller    owed  held    due",
        "user_ada  0.00  0.00  21.24  EUR",
    ]
    assert told == {
        "seller_id": "user_ada",
        "currency": "EUR",
        "due": 2124,
        "held": 0,
        "debt": 0,
        "balance": 2124,
    }


def test_revenue_is_of_a_period(books: Koda) -> None:
    """As a table, or as JSON in minor units."""
    table = books("books", "revenue").out
    first = books("books", "revenue", "--to", "2026-03-01", "--json").json

    assert table.splitlines() == [
        "     fees  returned  provider  losses   net",
        "EUR  3.76      0.00      0.00    0.00  3.76",
    ]
    assert (first[0]["fees"], first[0]["net"]) == (188, 188)


def test_totals_are_rebuilt(books: Koda) -> None:
    """Of both days."""
    assert books("books", "rebuild").out.split() == ["2", "days", "summed"]


def test_check_compares_with_the_provider(books: Koda) -> None:
    """Which knows nothing of these sales, as do the orders; of days without any all agree."""
    ended = books("books", "check", "--to", "2026-03-01")
    told = books("books", "check", "--json")
    other = books("books", "check", "--from", "2026-01-01", "--to", "2026-01-31")

    assert ended.code == told.code == 1
    assert ended.out.splitlines()[1].split() == [
        *("2026-03-01", "charge", "pi_1", "ord_1", "not", "at", "provider", "12.50", "-", "EUR")
    ]
    assert ended.out.splitlines()[-1] == "They differ."
    assert [row["reference"] for row in told.json["differences"]] == ["pi_2", "pi_1"]
    assert [line.split() for line in ended.out.splitlines()[4:6]] == [
        ["ord_1", "payable:user_ada", "-21.24", "-", "EUR"],
        ["ord_1", "revenue:user_ada", "-3.76", "-", "EUR"],
    ]
    assert [(row["account"], row["books"], row["order"]) for row in told.json["orders"]] == [
        ("payable:user_ada", -2124, None),
        ("revenue:user_ada", -376, None),
    ]
    assert other.code == 0
    assert other.out.splitlines() == [
        "The provider's balance was left out: it is known of now alone. Leave out --to for it.",
        "They agree.",
    ]
    assert (told.json["balance_left_out"], told.json["orders_under_way"]) == (False, 0)


def test_check_counts_orders_that_changed_within_the_hour(books: Koda) -> None:
    """Their entries may not be complete."""
    with closing(Database(books.data / "koda.sqlite")) as database:
        SqliteJournal(database).add([an_entry("pi_3", occurred_at=now())])
    ended = books("books", "check")

    assert "1 of the orders that differ changed within the hour" in ended.out
