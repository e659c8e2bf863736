import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve
from beancount import loader
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.statements import Position, Statement
from koda.domain.model.identifiers import UserId
from koda.domain.model.periods import Period
from koda.entrypoints.cli.statements import DUE, as_beancount, as_table
from koda.entrypoints.statement_csv import COLUMNS, as_csv
from koda.testing.examples import NOON, an_entry, an_order
from koda.testing.journal_strategies import entries

ADA = UserId("user_ada")
BERLIN = ZoneInfo("Europe/Berlin")
MARCH = Period.of_days(date(2026, 3, 1), date(2026, 3, 31), BERLIN)
NOTHING = Position()
NET = an_order().shares[0].net


def statement(*listed: Entry, opening: Position = NOTHING, currency: str = "EUR") -> Statement:
    """Ada's in March."""
    return Statement.of(ADA, MARCH, currency, opening, listed)


def loaded(*statements: Statement) -> list[Any]:
    """The entries that beancount reads of a ledger, which must have no fault."""
    directives, errors, _ = loader.load_string("\n".join(as_beancount(statements, BERLIN)))
    assert errors == []
    return list(directives)


def test_table_tells_price_fee_and_net() -> None:
    """In aligned columns, between the balances at both ends."""
    late = an_entry(occurred_at=NOON + timedelta(hours=11))

    assert list(as_table(statement(late, opening=Position(500, 300, 100)), BERLIN)) == [
        "user_ada, EUR",
        "date        what             order  gross   fee    net  held  balance",
        "            opening balance                                      7.00",
        "2026-03-02  charge           ord_1  12.50  1.88  10.62  0.00    17.62",
        "due 15.62, held 3.00, owed 1.00 EUR",
    ]


def test_csv_has_every_column_of_every_line() -> None:
    """Times in UTC, amounts in major units, one currency after the other."""
    yen = statement(an_entry("pi_2", currency="JPY"), currency="JPY")
    heading, first, second = csv.reader(StringIO(as_csv([statement(an_entry()), yen])))

    assert tuple(heading) == COLUMNS
    assert dict(zip(heading, first, strict=True)) == {
        "key": "charge:pi_1",
        "occurred_at": "2026-03-01T12:00:00+00:00",
        "cause": "charge",
        "order": "ord_1",
        "line": "",
        "reference": "pi_1",
        "currency": "EUR",
        "gross": "12.50",
        "fee": "1.88",
        "due": "10.62",
        "held": "0.00",
        "debt": "0.00",
        "balance": "10.62",
    }
    assert second[6:9] == ["JPY", "1250", "188"]


def test_beancount_names_the_order_of_an_entry_that_has_one() -> None:
    """And no order of another's name."""
    named, nameless = loaded(statement(an_entry())), loaded(statement(an_entry(order_id=None)))

    assert [entry.meta["order"] for entry in named if "order" in entry.meta] == ["ord_1"]
    assert not [entry for entry in nameless if "order" in entry.meta]


def test_beancount_agrees_with_the_balances() -> None:
    """It reads the ledger, and checks each assertion."""
    directives = loaded(statement(an_entry(), opening=Position(500, 300, 100)))
    asserted = {
        directive.account: directive.amount.number
        for directive in directives
        if type(directive).__name__ == "Balance"
    }

    assert asserted[DUE] == Decimal("15.62")
    assert list(asserted.values()) == [Decimal("15.62"), Decimal("3.00"), Decimal("-1.00")]


def test_beancount_finds_a_ledger_that_does_not_agree() -> None:
    """So its silence means something."""
    text = "\n".join(as_beancount([statement(an_entry())], BERLIN))
    _, errors, _ = loader.load_string(text.replace(f"{DUE}  {NET.amount}", f"{DUE}  9.99", 1))

    assert errors


@given(st.lists(entries(seller_ids=st.just("user_ada")), max_size=5))
def test_beancount_reads_whatever_happened(listed: list[Entry]) -> None:
    """Entries of every cause and currency, whatever they changed."""
    in_march = [
        evolve(entry, occurred_at=NOON + timedelta(hours=hours), key=f"entry_{hours}")
        for hours, entry in enumerate(listed)
    ]
    currencies = sorted({entry.currency for entry in listed} | {"EUR"})
    statements = [
        statement(*(entry for entry in in_march if entry.currency == currency), currency=currency)
        for currency in currencies
    ]

    loaded(*statements)
