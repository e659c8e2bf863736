from datetime import timedelta

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.books.checking import BooksCheck
from koda.domain.model.disputes import DisputeState
from koda.domain.model.identifiers import AccountId
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.refund_states import RefundState
from koda.domain.usecases.money.check_books import OVERLAP, SETTLING
from koda.testing.examples import NOON, an_entry
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

DAY = timedelta(days=1)
AGES = Period(NOON - 1000 * DAY, NOON + 1000 * DAY)


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    """A market whose provider takes its fees."""
    ledger = market.provider.ledger
    ledger.charge_fee, ledger.dispute_fee = 200, 1500
    return market


def later(market: Marketplace) -> BooksCheck:
    """What a check says once nothing is under way any more."""
    market.pass_time(seconds=1 + SETTLING.total_seconds())
    return market.check_books(AGES)


def found(checked: BooksCheck) -> list[tuple[str, str, int]]:
    """How they differ, about what, and by how much."""
    return [(diff.code, diff.subject.kind, diff.minor) for diff in checked.differences]


def test_they_agree_about_whatever_happened(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Payments of one seller and of several, a refund that failed, disputes, fees, the bank."""
    market.buy(bea, poster)
    several = market.buy(market.person("fay"), poster, mailer)
    market.provider.next_refund = RefundState.PENDING
    market.provider.settle_refund(market.provider.refund(session(several)), RefundState.FAILED)
    for state in (DisputeState.WON, DisputeState.LOST):
        market.provider.move_dispute(market.provider.dispute(session(several)), state)
    market.record_purchase(session(several))
    market.pass_time(seconds=1)
    market.provider.pay_out(AccountId("platform"))
    market.reconcile_payments(AGES)
    checked = later(market)
    (balance,) = checked.balances

    assert (checked.agreed, checked.differences, checked.under_way) == (True, (), ())
    assert balance.booked == balance.told.minor == market.provider.balance(AccountId("platform"))


def test_what_the_books_lack_is_told(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider's fee is not booked before it is reconciled, nor is a payment unrecorded."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    checked = later(market)

    assert sorted(found(checked)) == [
        ("unbooked", LedgerKind.CHARGE, 1250),
        ("unbooked", LedgerKind.PROVIDER_FEE, -25),
        ("unbooked", LedgerKind.TRANSFER, -1062),
    ]
    assert {diff.order_id for diff in checked.differences} == {order.id, None}
    assert not checked.agreed
    assert checked.balances[0].unexplained == 0
    market.reconcile_payments(AGES)
    assert later(market).agreed


def test_what_the_provider_lacks_is_told(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """As of another account, or of an entry that somebody made."""
    market.journal.add([an_entry(occurred_at=market.clock())])

    (difference,) = later(market).differences
    assert (difference.code, difference.booked, difference.told) == ("not_at_provider", 1250, None)


def test_amounts_that_differ_are_told(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """By a cent of a transfer."""
    market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    market.reconcile_payments(AGES)
    transfer_id = next(iter(market.provider.transfers))
    market.provider.ledger.write(LedgerKind.TRANSFER, -1, "EUR", transfer_id)

    assert found(later(market)) == [("amount", LedgerKind.TRANSFER, -1)]


def test_a_transfer_that_no_order_knows_is_told(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Made by hand, of a payment that is known: the payment itself agrees."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    market.reconcile_payments(AGES)
    payment_id = f"pay_{order.id}"
    market.provider.ledger.write(LedgerKind.TRANSFER, -5, "EUR", "tr_by_hand", payment_id)
    (difference,) = later(market).differences

    assert difference.subject.reference == "tr_by_hand"


def test_what_is_young_is_under_way(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider has not captured the charge, which is booked."""
    market.buy(bea, poster)
    checked = market.check_books(AGES)

    assert checked.agreed
    assert {diff.code for diff in checked.under_way} == {"not_at_provider"}


def test_a_period_holds_what_happened_in_it_however_late_it_was_booked(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Within two weeks; the balance is told where the period reaches until now."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    market.pass_time(days=10)
    market.reconcile_payments(AGES)
    first = market.check_books(Period(NOON, NOON + DAY))
    today = market.check_books(Period(market.clock() - DAY, market.clock() + DAY))

    assert (first.agreed, first.balances) == (True, ())
    assert (today.agreed, len(today.balances)) == (True, 1)


def test_what_is_older_than_the_period_is_unexplained(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A longer period tells what it is."""
    market.provider.ledger.write(LedgerKind.OTHER, -300, "EUR")
    market.pass_time(days=1 + OVERLAP.days)
    now = market.clock()
    checked = market.check_books(Period(now, now + DAY))

    assert (checked.agreed, checked.differences) == (False, ())
    assert checked.balances[0].unexplained == -300
    assert found(later(market)) == [("unbooked", LedgerKind.OTHER, -300)]


@pytest.mark.parametrize("rate", [0, 3333, 10_000])
def test_they_agree_about_charges_of_any_fee(rate: int) -> None:
    """Also about one that is all fee, by which its seller got nothing."""
    market = Marketplace(Policy(fee_basis_points=rate))
    market.buy(market.person("bea"), market.list_automation(market.ready_seller("ada")))

    assert later(market).differences == ()
