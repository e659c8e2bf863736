"""Held money, as those see it who look after it, and as its seller does."""

import pytest

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AccountId, PaymentId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.model.settlements import HeldShare, Settlement
from koda.entrypoints.web.pages.held_sales import WHY_HELD
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session


def held_from_dan(market: Marketplace, seller: Principal, buyer: Principal) -> Order:
    """An order of two sellers that is paid while Dan's account cannot receive."""
    dan = market.ready_seller("dan")
    order = market.order(
        buyer, market.list_automation(seller), market.list_automation(dan, title="Dig", price="20")
    )
    market.provider.restrict(AccountId("acct_dan"), Restricted(sentence("listed")))
    market.provider.pay(session(order))
    market.record_purchase(session(order))
    market.pass_time(days=1)
    return order


def test_held_money_is_listed_with_what_to_do(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """And with totals by currency, as the books have it."""
    order = held_from_dan(market, seller, buyer)
    browser = site.browser(market.person("sue", Role.SUPPORT))

    page = browser.get("/admin/held")
    of_ada = browser.get(f"/admin/held?seller={seller.user_id}")

    said = text_of(page)
    assert "Held in all, EUR €17.00" in said
    assert f"1 March 2026 Dan user_dan Only theirs {order.id} €17.00 The seller's payout" in said
    assert "Refused once." in said
    assert f'href="/admin/orders/{order.id}"' in page.text
    assert 'href="/admin/held?seller=user_dan"' in page.text
    assert 'href="/admin/statements?seller=user_dan"' in page.text
    assert "Nothing is held" in text_of(of_ada)


def test_a_seller_reads_above_their_sales_what_is_held_and_why(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With the page that helps; others read nothing of it."""
    held_from_dan(market, seller, buyer)
    browser = site.browser(market.person("dan"))

    said = text_of(browser.get("/sales"))

    assert "€17.00 of Dig, sold 1 March 2026 Your payout account cannot receive money." in said
    assert "Your selling page" in said
    assert "Held, not paid out" not in text_of(site.browser(seller).get("/sales"))


@pytest.mark.parametrize("reason", HoldReason)
def test_a_seller_is_told_each_reason_in_words(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, reason: HoldReason
) -> None:
    """What happened, and what to do."""
    order = market.order(buyer, market.list_automation(seller))
    held = HeldShare(seller.user_id, (1,), order.shares[0].net, reason, 2)
    paid = order.pay(PaymentId("pi_1"), market.clock(), Settlement(held=(held,)))
    market.orders.save(paid.state)

    assert str(WHY_HELD[reason]) in text_of(site.browser(seller).get("/sales"))
