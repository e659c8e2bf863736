from collections.abc import Iterator
from datetime import timedelta

import pytest

from koda.adapters.memory.provider import PLATFORM
from koda.domain.model.automations import Automation
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import LedgerLineId
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine
from koda.domain.usecases.money.book_provider_ledger import AT_ONCE
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

AGES = Period(NOON - timedelta(days=1000), NOON + timedelta(days=1000))


def balance_of(market: Marketplace, kind: str) -> int:
    """What an account that sellers have none of holds, in cents."""
    balances = market.journal.balances(AGES.until)
    return sum(balance.minor for balance in balances if balance.account.name == kind)


def costly(market: Marketplace) -> None:
    """The provider takes 2 % of a charge, and 15.00 for a dispute."""
    ledger = market.provider.ledger
    ledger.charge_fee, ledger.dispute_fee = 200, 1500


def test_fees_are_booked_once_and_the_books_agree_with_the_balance(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """However often a period is reconciled."""
    costly(market)
    market.buy(bea, poster)
    disputed = market.order(bea, mailer)
    market.provider.pay(session(disputed))
    market.provider.dispute(session(disputed))
    market.pass_time(seconds=1)
    for _ in range(2):
        market.reconcile_payments(AGES)

    assert balance_of(market, "provider_fees") == 25 + 40 + 1500
    (balance,) = market.provider_ledger.balances()
    assert balance_of(market, "provider") == balance.minor == market.provider.balance(PLATFORM)


def test_recent_reconciliation_books_and_a_dry_run_does_not(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What is captured by then."""
    costly(market)
    market.buy(bea, poster)
    market.pass_time(seconds=1)
    market.reconcile_payments(AGES, dry_run=True)
    assert balance_of(market, "provider_fees") == 0

    market.pass_time(minutes=5)
    market.reconcile_payments.recent()
    assert balance_of(market, "provider_fees") == 25


class Long:
    """A ledger of more lines than are booked at once, which breaks off after some."""

    def __init__(self, count: int) -> None:
        self.count = count

    def lines(self, period: Period) -> Iterator[LedgerLine]:
        """Fees of a cent each, then nothing any more."""
        for number in range(self.count):
            line_id = LedgerLineId(f"txn_{number}")
            yield LedgerLine(line_id, LedgerKind.PROVIDER_FEE, period.since, "EUR", -1)
        raise Unavailable("payment provider")


def test_what_was_read_before_an_outage_is_booked(market: Marketplace) -> None:
    """The next run books the rest."""
    book = market.but(provider_ledger=Long(2 * AT_ONCE + 1)).book_provider_ledger

    with pytest.raises(Unavailable):
        book(AGES)
    assert balance_of(market, "provider_fees") == 2 * AT_ONCE
