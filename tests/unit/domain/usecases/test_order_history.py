"""What those who may read payments are told of an order."""

from datetime import timedelta

import pytest

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.errors import Forbidden, NotFound
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Role
from koda.domain.usecases.administration.view_order_history import OrderHistory, StepKind
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace


def entries_of(history: OrderHistory) -> list[Entry]:
    """What was booked, in the order in which it happened."""
    return [step.entry for step in history.steps if step.entry]


@pytest.fixture
def support(market: Marketplace) -> Principal:
    """Sue, who may read other people's payments."""
    return market.person("sue", Role.SUPPORT)


def test_a_history_begins_with_the_order(market: Marketplace, support: Principal) -> None:
    """Nothing is bought while it waits for the payment."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))

    history = market.view_order_history(support, order.id)

    assert [(step.at, step.kind) for step in history.steps] == [
        (order.created_at, StepKind.ORDERED)
    ]
    assert (history.order, dict(history.purchases)) == (order, {})
    assert {person.name for person in history.people.values()} == {"Ada", "Bo"}


def test_a_paid_order_tells_of_its_purchases_and_downloads(
    market: Marketplace, support: Principal
) -> None:
    """Oldest first, with messages and money; a grant is told with its purchase."""
    bo = market.person("bo")
    items = [market.list_automation(market.ready_seller(name)) for name in ("ada", "dan")]
    order = market.order(bo, *items)
    market.pass_time(minutes=3)
    market.pay(order)
    market.pass_time(minutes=3)
    market.authorize_download(bo, items[1].id)

    history = market.view_order_history(support, order.id)

    assert [step.kind for step in history.steps] == [
        StepKind.ORDERED,
        StepKind.TOLD,
        StepKind.PURCHASED,
        StepKind.PURCHASED,
        StepKind.PAID,
        StepKind.BOOKED,
        StepKind.BOOKED,
        StepKind.BOOKED,
        StepKind.SETTLED,
        StepKind.DOWNLOADED,
    ]
    assert [(entry.cause, entry.amount.minor) for entry in entries_of(history)] == [
        (Cause.CHARGE, 2500),
        (Cause.TRANSFER, 1062),
        (Cause.TRANSFER, 1062),
    ]
    assert history.steps[-1].purchase == history.purchases[2]
    assert history.steps[-1].grant in market.grants.of_purchase(history.purchases[2].id)


def test_refunds_and_disputes_are_told_when_they_happened(
    market: Marketplace, support: Principal
) -> None:
    """With the message that brought it, and what came back for it."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    market.pay(order)
    market.pass_time(days=2)
    market.refund_purchase(
        support, RefundRequest(order.id, 1, "it does not run", Money(250, "EUR"))
    )
    market.pass_time(days=2)
    assert order.checkout
    market.provider.dispute(order.checkout.id)
    market.deliver_charge(order)

    history = market.view_order_history(support, order.id)
    later = [step for step in history.steps if step.at > NOON + timedelta(days=1)]

    assert [step.entry and step.entry.cause for step in later if step.kind is StepKind.BOOKED] == [
        Cause.FEE_RETURNED,
        Cause.REFUND,
        Cause.REVERSAL,
        Cause.DISPUTE_OPENED,
    ]
    assert [step.at for step in later if step.message] == [NOON + timedelta(days=4)]


def test_purchases_of_an_order_that_is_not_marked_as_paid_are_told(
    market: Marketplace, support: Principal
) -> None:
    """Recording was cut short in between, which is what support looks for."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    market.purchases.record([Purchase.of(order, order.lines[0], market.clock())])

    history = market.view_order_history(support, order.id)

    assert [step.kind for step in history.steps] == [StepKind.ORDERED, StepKind.PURCHASED]
    assert list(history.purchases) == [1]


def test_an_order_is_found_by_its_id_and_by_its_checkout_session(
    market: Marketplace, support: Principal
) -> None:
    """What is neither is not found."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    assert order.checkout is not None

    assert market.view_order_history.find(support, order.id) == order.id
    assert market.view_order_history.find(support, order.checkout.id) == order.id
    with pytest.raises(NotFound, match="ord_lost"):
        market.view_order_history.find(support, "ord_lost")


def test_only_those_who_may_read_payments_see_orders(market: Marketplace) -> None:
    """Not even the order's own buyer, whose page is another."""
    bo = market.person("bo")
    order = market.order(bo, market.list_automation(market.ready_seller("ada")))

    for principal in (bo, market.person("mia", Role.MODERATOR)):
        with pytest.raises(Forbidden, match="read other people's payments"):
            market.view_order_history(principal, order.id)
        with pytest.raises(Forbidden, match="read other people's payments"):
            market.view_order_history.find(principal, order.id)
