"""Several things that happen to one payment: what random histories came upon."""

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import PurchaseDisputed, Unavailable
from koda.domain.model.identifiers import AccountId
from koda.domain.model.money import Money
from koda.domain.model.notices import SaleNotice
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


@pytest.fixture
def both(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """A settled order of Ada's for 12.50 and of Cyd's for 20.00, captured."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    return order


def everything(market: Marketplace) -> Period:
    """Until now."""
    return Period(NOON, market.pass_time(seconds=1))


def lose(market: Marketplace, order: Order, minor: int | None = None) -> None:
    """The bank takes so many cents, or all, and keeps them."""
    amount = None if minor is None else Money(minor, "EUR")
    dispute_id = market.provider.dispute(session(order), amount)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)


def test_share_that_is_paid_anew_is_no_sale(market: Marketplace, both: Order) -> None:
    """The refund of a line fails: its seller has the share again, and has sold nothing more."""
    admin = market.person("joe", Role.ADMIN)
    market.refund_purchase(admin, RefundRequest(both.id, 1, "Not as described"))
    (refund_id,) = market.provider.refunds
    lose(market, both)
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    market.reconcile_payments(everything(market))

    sold = [notice.lines for notice in market.notices.sent if isinstance(notice, SaleNotice)]
    assert [[line.number for line in lines] for lines in sold] == [[1], [2]]


def test_nothing_opens_once_a_refund_and_a_dispute_took_all(
    market: Marketplace, bea: Principal, both: Order, mailer: Automation
) -> None:
    """A refund that belongs to no line leaves access as it is only while something is left."""
    market.provider.refund(session(both), Money(100, "EUR"))
    lose(market, both)
    market.reconcile_payments(everything(market))

    with pytest.raises(PurchaseDisputed):
        market.authorize_download(bea, mailer.id)


def test_what_a_dispute_left_to_one_line_is_matched_at_once(
    market: Marketplace, both: Order
) -> None:
    """A second look finds nothing to do."""
    market.provider.refund(session(both), Money(1250, "EUR"))
    lose(market, both, 2000)
    first = market.record_purchase(session(both)).order

    assert first.settlement.unmatched == ()
    assert market.record_purchase(session(both)).order == first


def test_dispute_that_found_nothing_left_takes_nothing_later(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """An inquiry went on after all had gone back by hand, which fails once the bank has decided."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    dispute_id = market.provider.dispute(session(order), state=DisputeState.INQUIRY)
    refund_id = market.provider.refund(session(order))
    market.provider.move_dispute(dispute_id, DisputeState.OPEN)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.reconcile_payments(everything(market))
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    done = market.reconcile_payments(everything(market))

    assert done.findings == ()
    assert market.check_books(everything(market)).agreed


def test_transfer_that_nobody_remembers_is_booked_during_a_dispute(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It is not asked for while the bank has the money, and not forgotten either."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("journal.add").record_purchase(session(order))
    market.pass_time(seconds=1)
    market.provider.dispute(session(order))
    market.reconcile_payments(everything(market))
    checked = market.check_books(everything(market))

    assert (checked.differences, checked.under_way) == ((), ())


def test_refunds_by_hand_that_give_back_all_together_are_of_its_lines(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each alone would be for a person to assign; together they leave no choice."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    for minor in (2000, 1250):
        market.provider.refund(session(order), Money(minor, "EUR"))
    market.reconcile_payments(everything(market))
    settlement = market.orders.get(order.id).settlement
    balances = market.journal.balances(market.pass_time(seconds=1))

    assert settlement.unmatched == ()
    assert [(made.line, made.amount.minor) for made in settlement.refunds] == [
        (1, 1250),
        (2, 750),
        (2, 1250),
    ]
    assert [balance for balance in balances if balance.minor] == []


def test_fee_that_went_back_is_not_passed_on_with_what_came_back(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A refund had arrived, fee and all, when it failed and somebody made another in its place."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    admin = market.person("joe", Role.ADMIN)
    market.refund_purchase(admin, RefundRequest(order.id, 1, "Not as described"))
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    market.provider.refund(session(order), Money(100, "EUR"))
    market.reconcile_payments(everything(market))

    assert market.provider.balance(AccountId("acct_ada")) == 1062 - 85
    assert [
        balance.account.name
        for balance in market.journal.balances(market.pass_time(seconds=1))
        if balance.minor
    ] == ["provider", "revenue:user_ada"]


def test_charge_that_is_all_fee_is_told_from_a_later_transfer(bea: Principal) -> None:
    """Its seller got nothing by it, and then what had come back for a refund that failed."""
    market = Marketplace(Policy(fee_basis_points=10_000))
    order = market.buy(bea, market.list_automation(market.ready_seller("ada")))
    market.pass_time(seconds=1)
    market.provider.next_refund = RefundState.FAILED
    admin = market.person("joe", Role.ADMIN)
    market.refund_purchase(admin, RefundRequest(order.id, 1, "Not as described"))
    lose(market, order)
    market.reconcile_payments(everything(market))

    assert len(market.provider.transfers) == 1
    assert market.check_books(everything(market)).under_way == ()
