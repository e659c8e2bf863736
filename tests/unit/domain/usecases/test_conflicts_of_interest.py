"""Whoever looks after the marketplace decides on nobody's money less than on their own."""

from collections.abc import Callable

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import ConflictOfInterest
from koda.domain.model.identifiers import AccountId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

WHY = "It does not run."

Decide = Callable[[Principal], object]


@pytest.fixture
def sue(market: Marketplace) -> Principal:
    """An admin who buys, and sells, too."""
    return market.person("sue", Role.ADMIN)


@pytest.fixture
def bought(market: Marketplace, sue: Principal, poster: Automation, mailer: Automation) -> Order:
    """What the admin bought, of two sellers, captured."""
    return market.capture(market.buy(sue, poster, mailer))


def test_a_refund_at_the_provider_is_assigned_by_somebody_else(
    market: Marketplace, sue: Principal, bought: Order
) -> None:
    """Since that grants what its buyer asked for, too."""
    refund_id = market.provider.refund(session(bought), Money(300, "EUR"))
    order = market.ask_for_refund(sue, market.deliver_charge(bought).id, 1, WHY)
    assignment = RefundAssignment(order.id, refund_id, {1: "3"}, WHY)
    with pytest.raises(ConflictOfInterest):
        market.assign_refund.offer(sue, order.id, refund_id)
    with pytest.raises(ConflictOfInterest):
        market.assign_refund(sue, assignment)
    assert market.orders.get(order.id) == order

    assert market.assign_refund(market.person("joe", Role.ADMIN), assignment).settled


def test_a_dispute_is_answered_by_somebody_else(
    market: Marketplace, sue: Principal, bought: Order
) -> None:
    """Who disputes it tells the bank nothing in the marketplace's name."""
    dispute_id = market.provider.dispute(session(bought))
    market.deliver_charge(bought)
    with pytest.raises(ConflictOfInterest):
        market.submit_evidence(sue, bought.id, dispute_id, WHY)

    assert market.provider.disputes[dispute_id].evidence is None


def test_a_debt_is_given_up_by_somebody_else(
    market: Marketplace, bea: Principal, sue: Principal, poster: Automation
) -> None:
    """Who owes it does not say that it is not owed."""
    market.ready_seller("sue")
    order = market.capture(market.buy(bea, poster, market.list_automation(sue, price="20")))
    market.provider.pay_out(AccountId("acct_sue"))
    owing = market.refund_purchase(
        market.person("joe", Role.ADMIN), RefundRequest(order.id, 2, WHY)
    )
    with pytest.raises(ConflictOfInterest):
        market.write_off_debt(sue, owing.id, sue.user_id, WHY)

    assert market.orders.get(owing.id) == owing
