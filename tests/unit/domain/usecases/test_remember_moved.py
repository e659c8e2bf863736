"""Money that a call moved, and did not keep since it was cut off, is booked, and moved once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.purchases import MemoryPurchases
from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import AccountId, PaymentId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.orders import Order
from koda.domain.model.paid_orders import PaidOrder, UnsoldLines
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.reconciliations import Reconciled
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.buying.remember_moved import RememberMoved
from koda.domain.usecases.money.check_books import SETTLING
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA, CYD = AccountId("acct_ada"), AccountId("acct_cyd")
AGES = Period(NOON - timedelta(days=1), NOON + timedelta(days=1000))


@pytest.fixture
def both(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """A settled order of Ada's for 12.50 and of Cyd's for 20.00, captured."""
    return market.capture(market.buy(bea, poster, mailer))


@pytest.fixture
def alone(market: Marketplace, poster: Automation) -> Order:
    """A settled order of Ada's for 12.50, captured."""
    return market.capture(market.buy(market.person("fay"), poster))


def refund(market: Marketplace, order: Order, amount: str | None = None) -> None:
    """An admin gives a part of the first line back, or all of it."""
    admin = market.person("joe", Role.ADMIN)
    market.refund_purchase(admin, RefundRequest(order.id, 1, "Not as described", amount))


def fail_refunds(market: Marketplace) -> None:
    """None of them arrives."""
    for refund_id in tuple(market.provider.refunds):
        market.provider.settle_refund(refund_id, RefundState.FAILED)


def reconcile(market: Marketplace) -> Reconciled:
    """Compare all that ever was."""
    return market.reconcile_payments(AGES)


def restored(market: Marketplace) -> Marketplace:
    """The market after a restore from before there were orders."""
    return market.but(orders=MemoryOrders(), purchases=MemoryPurchases(), journal=MemoryJournal())


def differences(market: Marketplace) -> list[object]:
    """About what books and provider differ, once nothing is under way."""
    market.pass_time(seconds=1 + SETTLING.total_seconds())
    checked = market.check_books(AGES)
    assert [balance.unexplained for balance in checked.balances] == [0]
    return [difference.subject for difference in checked.differences]


def moved(market: Marketplace, order: Order) -> list[object]:
    """What the order knows of its transfers, reversals and fees that went back."""
    settlement = market.orders.get(order.id).settlement
    transfers = [share for share in settlement.paid if share.transfer_id is not None]
    fees = [refund.fee for refund in settlement.refunds if refund.fee_back]
    return [*transfers, *settlement.taken, *fees]


def held(market: Marketplace) -> tuple[int, int]:
    """What Ada and Cyd have, in cents."""
    return market.provider.balance(ADA), market.provider.balance(CYD)


def test_what_was_taken_back_for_a_refund_that_failed_is_booked_and_passed_on_again(
    market: Marketplace, both: Order
) -> None:
    """The call that took it ended before it was kept, and nobody asks for it any more."""
    before = held(market)
    market.provider.refund(session(both))
    with pytest.raises(Unavailable):
        market.fail("journal.add").deliver_charge(both)
    assert held(market) == (0, 0)
    fail_refunds(market)
    reconcile(market)

    assert held(market) == before
    assert [back.number for back in market.orders.get(both.id).settlement.taken] == [1, 1]
    assert differences(market) == []
    assert reconcile(market).recorded == 0


def test_refund_by_hand_is_booked_by_its_line_once_that_is_kept(
    market: Marketplace, alone: Order
) -> None:
    """It failed after the call that matched it was cut off: nobody knows by then what it was of."""
    market.provider.refund(session(alone), Money(500, "EUR"))
    with pytest.raises(Unavailable):
        market.fail("orders.save").deliver_charge(alone)
    fail_refunds(market)
    reconcile(market)
    left = [made for made in market.journal.balances(AGES.until) if made.minor]

    assert differences(market) == []
    assert {made.account.name for made in left} == {"provider", "revenue:user_ada"}


def test_fee_that_went_back_for_a_refund_that_failed_is_booked_and_not_paid_twice(
    market: Marketplace, alone: Order
) -> None:
    """Whatever was made in its place, and however late: what it was for is given up."""
    refund(market.fail("journal.add"), alone)
    fail_refunds(market)
    market.provider.refund(session(alone), Money(100, "EUR"))
    market.provider.refusals.clear()
    reconcile(market)

    assert market.provider.balance(ADA) == 1062 - 85
    assert market.orders.get(alone.id).settlement.refunds[0].fee_back
    assert differences(market) == []


def test_fee_that_went_back_is_not_returned_again_by_the_next_try(
    market: Marketplace, alone: Order
) -> None:
    """It is known by the name of its refund, and booked once."""
    refund(market.fail("journal.add"), alone, "5")
    fail_refunds(market)
    reconcile(market)
    reconcile(market)

    (returned,) = market.provider.fee_returns[session_payment(market, alone)]
    assert returned.amount == Money(75, "EUR")
    assert market.provider.balance(ADA) == 1062 - 500 + 75
    assert differences(market) == []


def session_payment(market: Marketplace, order: Order) -> PaymentId:
    """The payment of an order."""
    return market.payments.find(session(order)).check(order)


def test_what_a_dispute_took_from_whom_a_charge_paid_is_remembered(
    market: Marketplace, alone: Order
) -> None:
    """It was lost, then won after all before anybody looked again."""
    dispute_id = market.provider.dispute(session(alone))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    with pytest.raises(Unavailable):
        market.fail("journal.add").deliver_charge(alone)
    assert market.provider.balance(ADA) == 0
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    reconcile(market)

    assert market.provider.balance(ADA) == 1062
    assert differences(market) == []


def refunded(market: Marketplace, order: Order) -> None:
    """By an admin, in part."""
    refund(market, order, "5")


def refunded_anew(market: Marketplace, order: Order) -> None:
    """By an admin, whose first try failed."""
    refund(market, order, "5")
    fail_refunds(market)
    reconcile(market)


def refunded_in_vain(market: Marketplace, order: Order) -> None:
    """By hand, all of it, and it did not arrive."""
    market.provider.refund(session(order))
    reconcile(market)
    fail_refunds(market)


def refunded_instead(market: Marketplace, order: Order) -> None:
    """By hand, since the admin's refund had not arrived."""
    refund(market, order)
    fail_refunds(market)
    market.provider.refund(session(order), Money(100, "EUR"))


def lost_and_won(market: Marketplace, order: Order) -> None:
    """A dispute was lost, and won after all."""
    dispute_id = market.provider.dispute(session(order))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    reconcile(market)
    market.provider.move_dispute(dispute_id, DisputeState.WON)


@pytest.mark.parametrize(
    "happens", [refunded, refunded_anew, refunded_in_vain, refunded_instead, lost_and_won]
)
def test_rebuilt_order_learns_what_was_undone(
    market: Marketplace, both: Order, alone: Order, happens: Callable[[Marketplace, Order], None]
) -> None:
    """Transfers, reversals and fees that went back: nothing moves, and the books are whole."""
    for order in (both, alone):
        happens(market, order)
    reconcile(market)
    market.pass_time(seconds=1)
    before, money = [moved(market, order) for order in (both, alone)], held(market)
    again = restored(market)
    again.reconcile_payments(AGES)

    assert held(market) == money
    assert [moved(again, order) for order in (both, alone)] == before
    assert differences(again) == []


def test_payment_is_never_older_than_what_was_made_for_it(market: Marketplace, both: Order) -> None:
    """Else what was taken for a refund that is not seen yet would be passed on again."""
    market.provider.refund(session(both), Money(1, "EUR"))
    old = market.payments.find(session(both))
    market.provider.refund(session(both), Money(1249, "EUR"))
    transfer_id = both.settlement.paid[0].transfer_id
    assert transfer_id is not None
    market.payments.reverse(Reversal(transfer_id, Money(1062, "EUR")))
    paid = PaidOrder(both, old, old.check(both), UnsoldLines(), market.clock())
    remembered = RememberMoved(market.payments)(paid)

    assert remembered.payment == market.payments.find(session(both)) != old
    assert [back.amount.minor for back in remembered.order.settlement.taken] == [1062]


def test_what_was_undone_by_hand_is_reported_and_left(
    market: Marketplace, both: Order, alone: Order
) -> None:
    """Nobody guesses what it was for: orders and books stay as they are."""
    before = [market.orders.get(order.id) for order in (both, alone)]
    transfer_id = both.settlement.paid[0].transfer_id
    assert transfer_id is not None
    market.provider.reverse(transfer_id, Money(7, "EUR"))
    direct = market.payments.find(session(alone))
    assert direct.transfer_id is not None
    market.provider.reverse(direct.transfer_id, Money(8, "EUR"))
    market.provider.return_fee(direct.check(alone), Money(9, "EUR"))
    told = reconcile(market)

    assert [(finding.code, finding.order_id) for finding in told.findings] == [
        ("undone_by_hand", alone.id),
        ("undone_by_hand", alone.id),
        ("undone_by_hand", both.id),
    ]
    assert {str(finding.message).partition(" EUR")[0] for finding in told.findings} == {
        "0.07",
        "0.08",
        "0.09",
    }
    assert [market.orders.get(order.id) for order in (both, alone)] == before
    assert len(differences(market)) == 3
