"""A payment whose messages never come, on the production family."""

from tests.e2e.family.shop import Shop


def test_a_paid_basket_of_which_no_message_came_is_found(shop: Shop) -> None:
    """The buyer has both things, and both sellers are paid, once."""
    ours, theirs = shop.listed(), shop.listed()
    paid = shop.paid(ours, theirs)
    assert paid.untouched

    shop.market.reconcile_payments.recent()
    again = shop.market.reconcile_payments.recent()

    assert sorted(paid.owned) == sorted([ours.id, theirs.id])
    assert shop.market.orders.get(paid.order.id).settled
    nets = {line.account_id: line.net.minor for line in paid.order.lines}
    assert shop.world.outside.transferred(paid.order) == nets
    assert paid.order.id not in {finding.order_id for finding in again.findings}
