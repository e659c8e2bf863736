from datetime import date

import pytest

from koda.domain.model.events import PurchaseRecorded
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.purchases import Purchase, PurchaseState, SalesDay
from koda.testing.examples import NOON, a_line, a_purchase, an_order


def test_purchase_is_made_of_its_line() -> None:
    """The same line always gives the same purchase."""
    order = an_order(lines=(a_line(), a_line(2, "user_cyd")))
    purchase = Purchase.of(order, order.lines[1], NOON)

    assert (
        purchase.id,
        purchase.order_id,
        purchase.line,
        purchase.buyer_id,
        purchase.seller_id,
        purchase.automation_id,
    ) == ("pur_1_2", "ord_1", 2, "user_bea", "user_cyd", "aut_2")
    assert order.lines[1].price == purchase.remaining.net + purchase.fee


def test_lines_of_different_orders_are_different_purchases() -> None:
    """Orders and lines tell purchases apart."""
    orders = [an_order(order_id, lines=(a_line(), a_line(2))) for order_id in ("ord_1", "ord_2")]
    ids = {Purchase.of(order, line, NOON).id for order in orders for line in order.lines}

    assert ids == {"pur_1_1", "pur_1_2", "pur_2_1", "pur_2_2"}


@pytest.mark.parametrize(
    ("state", "live"),
    [("active", True), ("disputed", True), ("refunded", False), ("revoked", False)],
)
def test_live_purchase_stands_in_the_way_of_another(state: str, live: bool) -> None:
    """Who disputes a payment still has it; who got the money back may buy again."""
    assert live is a_purchase(state=PurchaseState(state)).live


def test_double_is_refunded_from_the_start() -> None:
    """It never gave access, and keeps what it is a double of."""
    double = a_purchase(an_order(OrderId("ord_2"))).as_double()

    assert (double.state, double.double, double.live) == (PurchaseState.REFUNDED, True, False)


def test_net_of_a_day_is_what_the_fee_leaves() -> None:
    """Gross less fee."""
    day = SalesDay(date(2026, 3, 1), 2, Money(2500, "EUR"), Money(376, "EUR"))

    assert Money(2124, "EUR") == day.net


def test_purchase_that_never_gave_access_is_not_told_of_until_it_does() -> None:
    """One that was disputed before it was recorded, refunded, or won back."""
    order = an_order()
    disputed = Purchase.of(order, order.lines[0], NOON, PurchaseState.DISPUTED)
    refunded = disputed.became(PurchaseState.REFUNDED, NOON)
    won = disputed.became(PurchaseState.ACTIVE, NOON)

    assert disputed.recorded == ()
    assert (refunded.state.state, refunded.events) == (PurchaseState.REFUNDED, ())
    assert [type(event) for event in won.events] == [PurchaseRecorded]
