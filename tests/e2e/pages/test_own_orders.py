"""A buyer's orders."""

import re

from attrs import evolve

from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of


def became(market: Marketplace, order: Order, number: int, state: PurchaseState) -> None:
    """Let a line's purchase become something else."""
    (purchase,) = (
        bought
        for bought in market.purchases.of_buyer(order.buyer_id, 50).items
        if (bought.order_id, bought.line) == (order.id, number)
    )
    market.purchases.save(evolve(purchase, state=state))


def test_a_buyer_sees_what_was_paid_refunded_and_disputed(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Latest first; each leads to the order, and the library leads here."""
    first = market.buy(
        buyer,
        market.list_automation(seller, title="Dig", price="20"),
        market.list_automation(seller, title="Plant", price="5"),
    )
    market.pass_time(days=1)
    waiting = market.order(buyer, market.list_automation(seller, title="Reap", price="7"))
    joe = market.person("joe", Role.ADMIN)
    market.refund_purchase(joe, RefundRequest(first.id, 1, "it does not run"))
    became(market, first, 2, PurchaseState.DISPUTED)
    browser = site.browser(buyer)

    page = browser.get("/orders")
    said = text_of(page)

    assert re.findall(r'href="/orders/([^"]+)"', page.text) == [waiting.id, first.id]
    assert f"2 March 2026 Reap {waiting.id} open €7.00" in said
    assert f"1 March 2026 Dig and 1 more {first.id} paid refunded disputed €25.00 €20.00" in said
    assert 'href="/orders"' in browser.get("/library").text


def test_nobody_sees_the_orders_of_another(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Who bought nothing is told so."""
    market.buy(buyer, market.list_automation(seller))

    assert "No orders yet" in text_of(site.browser(seller).get("/orders"))


def test_orders_have_pages(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Twelve each."""
    for _ in range(13):
        market.order(buyer, market.list_automation(seller))
    browser = site.browser(buyer)

    first = browser.get("/orders")
    following = re.findall(r'rel="next" href="([^"]+)"', first.text)[0]

    assert first.text.count('href="/orders/') == 12
    assert browser.get(following).text.count('href="/orders/') == 1


def test_what_was_taken_back_in_a_dispute_is_told_apart(
    market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """It was not refunded. A line whose purchase is not recorded yet has no state."""
    order = market.buy(
        buyer,
        market.list_automation(seller, price="20"),
        market.list_automation(seller, price="5"),
    )
    became(market, order, 1, PurchaseState.REVOKED)
    unrecorded = evolve(order, id=OrderId("ord_new"), checkout=None)
    market.orders.add(unrecorded)

    new, own = sorted(market.view_own_orders(buyer).items, key=lambda item: len(item.states))

    assert (own.revoked, own.refunded) == (Money(2000, "EUR"), Money(0, "EUR"))
    assert (new.order.id, dict(new.states)) == ("ord_new", {})
