from collections.abc import Iterable
from datetime import UTC, date, timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.journal import MemoryJournal
from koda.domain.model.books.debts import debt_made, written_off
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import transfer
from koda.domain.model.books.provider import provider_fee
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.books.refunds import refund
from koda.domain.model.books.statements import Position, Revenue
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_parts import RefundPart
from koda.domain.usecases.money.view_books import ViewBooks
from koda.domain.usecases.money.view_revenue import ViewRevenue
from koda.domain.usecases.money.view_statement import AT_ONCE, ViewStatement
from koda.testing.examples import NOON, an_entry, an_order

ADA = UserId("user_ada")
FIRST = Period.of_days(date(2026, 3, 1), date(2026, 3, 1), UTC)
SECOND = Period.of_days(date(2026, 3, 2), date(2026, 3, 2), UTC)
ABOUT = About(an_order().id, NOON + timedelta(days=1), 1, ADA)
SALE, NET = an_entry(), an_order().shares[0].net
PART = RefundPart(Money(200, "EUR"), Money(30, "EUR"))
"""A sale on the first day; on the second it is transferred and refunded in part."""
LATER = (
    transfer(ABOUT, "tr_1", NET),
    refund(ABOUT, "re_1", PART),
    provider_fee(ABOUT, "txn_1", "EUR", 40),
    debt_made(ABOUT, PART.net, 2),
    written_off(ABOUT, PART.net, 2),
)


def journal(entries: Iterable[Entry] = (SALE, *LATER)) -> MemoryJournal:
    """A journal of entries."""
    kept = MemoryJournal()
    kept.add(tuple(entries))
    return kept


def test_trial_balance_is_of_what_occurred_before() -> None:
    """And balances."""
    books = ViewBooks(journal())(FIRST.until)

    assert {balance.account: balance.minor for balance in books.balances} == {
        posting.account: posting.minor for posting in SALE.postings
    }
    assert books.balanced


def test_books_say_when_they_do_not_balance() -> None:
    """As after a total was lost."""
    books = ViewBooks(journal())(FIRST.until)

    assert not evolve(books, balances=books.balances[1:]).balanced


def test_statement_begins_where_the_last_one_ended() -> None:
    """With what the seller was due, then line by line."""
    (first,) = ViewStatement(journal(), Policy())(ADA, FIRST)
    (second,) = ViewStatement(journal(), Policy())(ADA, SECOND)

    assert (first.opening, first.closing) == (Position(), second.opening)
    assert [line.entry for line in second.lines] == sorted(LATER, key=lambda entry: entry.key)
    assert second.closing == Position()


def test_statement_tells_price_fee_and_net_of_a_sale() -> None:
    """And of a refund what went back."""
    (sale,) = ViewStatement(journal(), Policy())(ADA, FIRST)[0].lines
    (back,) = ViewStatement(journal([LATER[1]]), Policy())(ADA, SECOND)[0].lines
    total = an_order().total

    assert (sale.gross, sale.fee, sale.change.due) == (total.minor, (total - NET).minor, NET.minor)
    assert (back.gross, back.fee, back.change.due) == (-200, -30, -170)


def test_statement_without_entries_has_what_stood_before() -> None:
    """In the marketplace's currency."""
    (statement,) = ViewStatement(journal([SALE]), Policy())(ADA, SECOND)

    assert statement.lines == ()
    assert statement.closing == Position(due=NET.minor)


def test_there_is_no_statement_of_who_never_sold() -> None:
    """Of who sold at another time, there is."""
    view = ViewStatement(journal(), Policy())

    assert view.of_seller(ADA, SECOND) == view(ADA, SECOND)
    with pytest.raises(InvalidValue):
        view.of_seller(UserId("user_nobody"), SECOND)


def test_each_currency_has_a_statement() -> None:
    """The marketplace's, and every other of the period."""
    yen = evolve(SALE, key="charge:pi_2", currency="JPY")
    statements = ViewStatement(journal([yen]), Policy())(ADA, FIRST)

    assert [(told.currency, len(told.lines)) for told in statements] == [("EUR", 0), ("JPY", 1)]


@pytest.mark.parametrize("extra", [0, 1])
def test_statement_holds_more_than_a_page(extra: int) -> None:
    """As many entries as there are."""
    count = AT_ONCE + extra
    entries = (evolve(SALE, key=f"charge:pi_{number}") for number in range(count))
    (statement,) = ViewStatement(journal(entries), Policy())(ADA, FIRST)

    assert len(statement.lines) == count
    assert statement.closing.due == NET.minor * count


def test_revenue_is_fees_less_what_they_cost() -> None:
    """Of the period alone."""
    fee = (an_order().total - NET).minor
    (first,) = ViewRevenue(journal())(FIRST)
    (second,) = ViewRevenue(journal())(SECOND)

    assert (first, first.net) == (Revenue("EUR", fees=fee), fee)
    lost = PART.net.minor
    assert second == Revenue(
        "EUR", fees_returned=30, provider_fees=40, losses=lost, lost={Cause.WRITTEN_OFF: lost}
    )
    assert second.net == -30 - 40 - PART.net.minor


def test_losses_of_another_currency_are_not_counted() -> None:
    """Though all are read at once."""
    entries = journal().entries(EntryQuery.of_cause(Cause.WRITTEN_OFF), 1).items

    assert Revenue("JPY").losing(entries).lost == {}
    assert Revenue("EUR").losing(entries).lost == {Cause.WRITTEN_OFF: PART.net.minor}
