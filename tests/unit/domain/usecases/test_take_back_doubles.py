"""Transfers that were made twice: reconciliation takes the second one back, and books both."""

from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.journal import MemoryJournal
from koda.domain.model.automations import Automation
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.doubled_transfers import doubled_for
from koda.domain.model.errors import Refused, Unavailable
from koda.domain.model.identifiers import AccountId, TransferId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.reconciliations import Reconciled
from koda.domain.model.roles import Role
from koda.domain.model.unreadable import readable
from koda.domain.usecases.money.check_books import SETTLING
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA, PLATFORM = AccountId("acct_ada"), AccountId("platform")
AGES = Period(NOON - timedelta(days=1000), NOON + timedelta(days=1000))


@pytest.fixture
def order(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """An order of two sellers, whose first got their part twice."""
    order = market.buy(bea, poster, mailer)
    market.provider.transfer_again(first_of(order))
    return order


def first_of(order: Order) -> TransferId:
    """The first transfer of an order."""
    (transfer_id, *_) = (share.transfer_id for share in order.settlement.paid)
    assert transfer_id is not None
    return transfer_id


def reconcile(market: Marketplace, *, dry_run: bool = False) -> Reconciled:
    """Compare all that ever was."""
    return market.reconcile_payments(AGES, dry_run=dry_run)


def agreed(market: Marketplace) -> bool:
    """Whether the books agree with the provider, once nothing is under way."""
    market.pass_time(seconds=1 + SETTLING.total_seconds())
    return market.check_books(AGES).agreed


def held(market: Marketplace) -> tuple[int, int]:
    """What the seller and the marketplace have, in cents."""
    return market.provider.balance(ADA), market.provider.balance(PLATFORM)


def booked(market: Marketplace, *kinds: AccountKind) -> tuple[int, ...]:
    """What accounts of the seller say, in cents."""
    accounts = [Account(kind, UserId("user_ada")) for kind in kinds]
    tomorrow = market.clock() + timedelta(days=1)
    return tuple(market.journal.balance(account, "EUR", tomorrow).minor for account in accounts)


def test_the_second_one_is_taken_back(market: Marketplace, order: Order) -> None:
    """Once, and the books tell of both."""
    assert held(market) == (2 * 1062, 488 - 1062)
    first = reconcile(market)
    again = reconcile(market)

    assert (first.recorded, first.findings) == (1, ())
    assert (again.recorded, again.findings) == (0, ())
    assert held(market) == (1062, 488)
    assert agreed(market)
    assert market.orders.get(order.id).settlement == order.settlement


def test_dry_run_takes_nothing_back(market: Marketplace, order: Order) -> None:
    """It counts it, and books nothing."""
    assert reconcile(market, dry_run=True).recorded == 1
    assert held(market) == (2 * 1062, 488 - 1062)
    assert not agreed(market)
    assert order.settled


def test_what_the_seller_has_no_more_is_owed_and_asked_for_again(
    market: Marketplace, order: Order, poster: Automation
) -> None:
    """As any debt, and by the order itself: also if nobody compares that day again."""
    market.provider.pay_out(ADA)
    (finding,) = reconcile(market).findings
    assert (finding.code, finding.order_id) == ("share_owed", order.id)
    owing = market.orders.get(order.id)
    assert [(owed.seller_id, owed.amount.minor) for owed in owing.settlement.owed] == [
        ("user_ada", 1062)
    ]
    assert booked(market, AccountKind.DEBTS, AccountKind.PAYABLE) == (1062, 0)
    assert agreed(market)
    market.buy(market.person("fay"), poster)
    market.pass_time(days=10)

    assert market.reconcile_payments.recent().findings == ()
    assert market.orders.get(order.id).settled
    assert booked(market, AccountKind.DEBTS, AccountKind.PAYABLE) == (0, 0)
    assert agreed(market)
    assert reconcile(market).findings == ()


def test_double_that_is_owed_can_be_written_off(market: Marketplace, order: Order) -> None:
    """It is asked for no more, and no longer found."""
    market.provider.pay_out(ADA)
    reconcile(market)
    sue = market.person("sue", Role.ADMIN)
    market.write_off_debt(sue, order.id, UserId("user_ada"), "They sell no more.")
    again = reconcile(market)

    assert (again.recorded, again.findings) == (0, ())
    assert market.orders.get(order.id).settled
    assert booked(market, AccountKind.DEBTS, AccountKind.PAYABLE) == (0, 0)


def test_write_off_that_was_cut_off_before_it_was_booked_is_booked(
    market: Marketplace, order: Order
) -> None:
    """Though the payment has no refund and no dispute, and whatever is lost after it."""
    market.provider.pay_out(ADA)
    reconcile(market)
    sue = market.person("sue", Role.ADMIN)
    cut_off = market.fail("journal.add")
    cut_off.write_off_debt(sue, order.id, UserId("user_ada"), "They sell no more.")
    reconcile(market)
    assert booked(market, AccountKind.DEBTS, AccountKind.PAYABLE) == (0, 0)
    assert agreed(market)
    lost = market.but(journal=MemoryJournal())
    reconcile(lost)

    assert booked(lost, AccountKind.DEBTS, AccountKind.PAYABLE) == (0, 0)
    assert agreed(lost)


def test_double_is_owed_beside_what_is_owed_already(market: Marketplace, order: Order) -> None:
    """A refund made the first debt."""
    market.provider.pay_out(ADA)
    sue = market.person("sue", Role.ADMIN)
    market.refund_purchase(sue, RefundRequest(order.id, 1, "They asked.", "5.00"))
    reconcile(market)
    (owed,) = market.orders.get(order.id).settlement.owed

    assert owed.amount.minor == 1062 + 425
    assert booked(market, AccountKind.DEBTS, AccountKind.PAYABLE) == (1062 + 425, 0)


def test_double_of_which_somebody_took_a_part_is_told(market: Marketplace, order: Order) -> None:
    """How much of it the seller owes, only a person knows."""
    doubled = market.payments.passed_on(order.id)[-1]
    market.payments.reverse(Reversal(doubled.id, Money(100, "EUR"), number=7))
    market.provider.pay_out(ADA)
    codes = [found.code for found in reconcile(market).findings]

    assert "transfer_doubled" in codes
    assert order.settled


def test_transfer_that_is_not_recorded_yet_is_none(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The process ended before the order was saved: it is the first of its name."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("orders.save").record_purchase(session(order))
    reconcile(market)

    assert held(market) == (1062, 488)
    assert not any(market.provider.reversals.values())


@pytest.mark.parametrize("call", ["payments.reverse", "journal.add"])
@pytest.mark.parametrize("after", [False, True])
def test_run_that_is_cut_off_is_completed(
    market: Marketplace, order: Order, call: str, *, after: bool
) -> None:
    """By the next one."""
    with pytest.raises(Unavailable):
        market.fail(call, after=after).reconcile_payments(AGES)
    reconcile(market)

    assert order.settled
    assert held(market) == (1062, 488)
    assert agreed(market)


def test_ledger_that_may_not_be_read_is_told(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """All else is compared; the key lacks a permission, which a person gives it."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    market.pass_time(minutes=1)
    refused = market.fail("provider_ledger.lines", error=Refused("payment provider"))
    reconciled = refused.reconcile_payments.recent()

    assert market.orders.get(order.id).settled
    assert [(finding.code, finding.order_id) for finding in reconciled.findings] == [
        ("ledger_refused", None)
    ]
    assert market.reconcile_payments.recent().findings == ()


def test_share_that_its_charge_paid_is_no_double(market: Marketplace, order: Order) -> None:
    """There is no transfer that another one could repeat."""
    first, *others = order.settlement.paid
    by_charge = evolve(first, transfer_id=None)
    direct = evolve(order, settlement=evolve(order.settlement, paid=(by_charge, *others)))
    made = readable(market.payments.transferred(AGES))

    assert {doubled_for(direct, transfer) for transfer in made} == {None}
