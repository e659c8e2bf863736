"""Sales, beside the books."""

from datetime import timedelta

import pytest

from koda.adapters.memory.orders import MemoryOrders
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import RefundDisputed
from koda.domain.model.money import Money
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def eur(minor: int) -> Money:
    """An amount in cents."""
    return Money(minor, "EUR")


def test_sales_are_less_what_went_back_as_the_books_have_it(market: Marketplace) -> None:
    """By refunds in part and by a lost dispute; the fee left is the revenue of the seller."""
    seller, buyer = market.ready_seller("ada"), market.person("bo")
    orders = [market.buy(buyer, market.list_automation(seller, price="20")) for _ in range(3)]
    market.pass_time(minutes=1)
    market.refund_purchase(seller, RefundRequest(orders[0].id, 1, "it does not run", eur(333)))
    dispute_id = market.provider.dispute(session(orders[1]), eur(700))
    market.deliver_charge(orders[1])
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(orders[1])

    sales = market.view_sales(seller)
    revenue = market.journal.balance(
        Account(AccountKind.REVENUE, seller.user_id), "EUR", market.clock() + timedelta(days=1)
    )

    assert sales.count == 3
    assert sales.gross == eur(6000 - 333 - 700)
    assert sales.fee == eur(-revenue.minor)
    assert sales.net == eur(6000 - 900 - 283 - 595)
    assert [sale.returned.amount.minor for sale in sales.page.items] == [0, 700, 333]


def test_why_a_sale_may_not_be_refunded_is_what_refunds_are_refused_for(
    market: Marketplace,
) -> None:
    """Of those that are not over; one whose order cannot be read is left out."""
    seller, buyer = market.ready_seller("ada"), market.person("bo")
    free, disputed, whole = (
        market.buy(buyer, market.list_automation(seller, price="20")) for _ in range(3)
    )
    market.pass_time(minutes=1)
    market.provider.move_dispute(
        market.provider.dispute(session(disputed), eur(700)), DisputeState.LOST
    )
    market.deliver_charge(disputed)
    market.refund_purchase(seller, RefundRequest(whole.id, 1, "it does not run"))
    sold = market.view_sales(seller).page.items
    obstacles = market.view_sales.obstacles(sold)

    with pytest.raises(RefundDisputed) as refused:
        market.refund_purchase(seller, RefundRequest(disputed.id, 1, "it does not run"))
    assert {sale.order_id: str(obstacles[sale.id]) for sale in sold if sale.id in obstacles} == {
        free.id: "None",
        disputed.id: str(refused.value),
    }
    empty = market.but(orders=MemoryOrders())
    assert (empty.view_sales.obstacles(sold), market.view_sales.obstacles([])) == ({}, {})
