"""Asking for a refund and answering, by pages."""

import pytest

from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of

WHY = "It does not run."


@pytest.fixture
def order(market: Marketplace, seller: Principal, buyer: Principal) -> Order:
    """Two lines of Ada's, paid and captured."""
    post = market.list_automation(seller, title="Post", price="12.50")
    order = market.buy(buyer, post, market.list_automation(seller, title="Mail", price="20"))
    market.pass_time(seconds=1)
    return order


@pytest.fixture
def asked(market: Marketplace, buyer: Principal, order: Order) -> Order:
    """The same, whose buyer asks for a refund of the first line."""
    return market.ask_for_refund(buyer, order.id, 1, WHY)


def test_a_buyer_asks_on_the_page_of_the_order_and_withdraws(
    site: Site, buyer: Principal, order: Order
) -> None:
    """What is asked for is not offered again meanwhile."""
    browser, home = site.browser(buyer), f"/orders/{order.id}"
    place = f"{home}/lines/1/request"
    assert f'href="{place}"' in browser.get(home).text
    assert "The seller reads why" in text_of(browser.get(place))
    sent = browser.post(place, place, reason=WHY)

    assert (sent.status_code, sent.headers["Location"]) == (303, home)
    page = browser.get(home)
    assert "You asked for a refund. The seller has until 6 March 2026" in text_of(page)
    assert f'href="{place}"' not in page.text
    assert f'href="{home}/lines/2/request"' in page.text
    assert browser.post(f"{place}/withdraw", home).status_code == 303
    assert f'href="{place}"' in browser.get(home).text


def test_a_request_without_a_reason_is_shown_again(
    site: Site, buyer: Principal, order: Order
) -> None:
    """One that cannot be made at all is an error page."""
    browser, place = site.browser(buyer), f"/orders/{order.id}/lines/1/request"
    refused = browser.post(place, place, reason="no")

    assert (refused.status_code, "One thing needs changing" in text_of(refused)) == (422, True)
    browser.post(place, place, reason=WHY)
    again = browser.get(place)
    assert (again.status_code, "asked for a refund" in text_of(again)) == (409, True)


def test_a_seller_grants_by_a_refund(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, asked: Order
) -> None:
    """From the sales page to the request to the form, which shows it."""
    browser, place = site.browser(seller), f"/orders/{asked.id}/lines/1/refund"
    assert "A buyer asks for a refund" in text_of(browser.get("/sales"))
    listed = browser.get("/sales/requests")
    assert f'href="{place}"' in listed.text
    assert WHY in text_of(listed)
    assert WHY in text_of(browser.get(place))
    browser.post(place, place, amount="", reason="You are right.")

    assert "Nobody waits for an answer" in text_of(browser.get("/sales/requests"))
    assert market.orders.get(asked.id).refunded == Money(1250, "EUR")
    said = text_of(site.browser(buyer).get(f"/orders/{asked.id}"))
    assert "Your request for a refund was granted: You are right." in said


def test_a_seller_refuses_with_a_reason(
    site: Site, seller: Principal, buyer: Principal, asked: Order
) -> None:
    """Which the buyer reads."""
    browser, place = site.browser(seller), f"/orders/{asked.id}/lines/1/request/refuse"
    assert WHY in text_of(browser.get(place))
    assert browser.post(place, place, reason="no").status_code == 422
    sent = browser.post(place, place, reason="It runs here.")

    assert (sent.status_code, sent.headers["Location"]) == (303, "/sales/requests")
    said = text_of(site.browser(buyer).get(f"/orders/{asked.id}"))
    assert "Your request for a refund was refused: It runs here." in said
    assert browser.get(place).status_code == 409


def test_an_admin_sees_what_is_overdue_and_answers(
    site: Site, market: Marketplace, asked: Order
) -> None:
    """From the list or from the page of the order, which tells all of it."""
    market.pass_time(days=6)
    browser, place = site.browser(market.person("joe", Role.ADMIN)), f"/orders/{asked.id}/lines/1"
    assert 'href="/admin/requests"' in browser.get("/admin").text
    assert "6 March 2026 overdue Post" in text_of(browser.get("/admin/requests"))
    history = f"/admin/orders/{asked.id}"
    assert f'href="{place}/request/refuse"' in browser.get(history).text
    refused = browser.post(f"{place}/request/refuse", f"{place}/request/refuse", reason="It runs.")

    assert refused.headers["Location"] == "/admin/requests"
    assert f"Post refused {WHY}" in text_of(browser.get(history))
