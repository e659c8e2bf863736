"""Disputes that are not decided, as those see them who look after them."""

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Forbidden
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def dispute(
    market: Marketplace, order: Order, state: DisputeState = DisputeState.OPEN, minor: int = 500
) -> Order:
    """The order with a dispute that began now."""
    market.provider.dispute(session(order), Money(minor, "EUR"), state)
    return market.deliver_charge(order)


@pytest.fixture
def sue(market: Marketplace) -> Principal:
    """Somebody of the support."""
    return market.person("sue", Role.SUPPORT)


def test_the_soonest_deadline_comes_first_and_what_is_over_last(
    market: Marketplace, sue: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """With what to do, which differs for an inquiry."""
    over = dispute(market, market.buy(market.person("dee"), poster))
    market.pass_time(days=1)
    soon = dispute(market, market.buy(bea, poster))
    market.pass_time(days=1)
    late = dispute(market, market.buy(bea, mailer), DisputeState.INQUIRY)
    assert [disputed.order.id for disputed in market.view_disputes(sue)] == [
        over.id,
        soon.id,
        late.id,
    ]
    market.pass_time(days=5)

    listed = market.view_disputes(sue)
    assert [disputed.order.id for disputed in listed] == [soon.id, late.id, over.id]
    assert [disputed.answerable for disputed in listed] == [True, True, False]
    words = [str(disputed.what_to_do) for disputed in listed]
    assert ["send evidence" in words[0], "refund the buyer" in words[1]] == [True, True]
    assert words[2].startswith("The time for an answer is over.")


def test_every_page_of_orders_is_read(
    market: Marketplace, sue: Principal, poster: Automation
) -> None:
    """However many are disputed."""
    order = dispute(market, market.buy(market.person("dee"), poster))
    for number in range(100):
        market.orders.add(evolve(order, id=OrderId(f"ord_copy{number}"), checkout=None))

    assert len(market.view_disputes(sue)) == 101


def test_decided_ones_are_not_listed(
    market: Marketplace, sue: Principal, bea: Principal, poster: Automation
) -> None:
    """Nor is anything for somebody without a role."""
    order = market.buy(bea, poster)
    dispute_id = market.provider.dispute(session(order))
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)

    assert market.view_disputes(sue) == ()
    with pytest.raises(Forbidden):
        market.view_disputes(bea)
