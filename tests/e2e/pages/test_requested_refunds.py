"""Asking for a refund and answering, by pages."""

import pytest

from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session

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
    """With what to change."""
    browser, place = site.browser(buyer), f"/orders/{order.id}/lines/1/request"
    refused = browser.post(place, place, reason="no")

    assert (refused.status_code, "One thing needs changing" in text_of(refused)) == (422, True)


def test_who_asks_again_reads_what_became_of_it_and_finds_back(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, order: Order
) -> None:
    """While a request is open it can be withdrawn there, and not without end; a no is final."""
    browser, home = site.browser(buyer), f"/orders/{order.id}"
    for line in (1, 2):
        market.ask_for_refund(buyer, order.id, line, WHY)
    market.refuse_refund(seller, order.id, 2, "It runs here.")
    place = f"{home}/lines/1/request"
    first, second = browser.get(place), browser.post(f"{home}/lines/2/request", home, reason=WHY)
    assert (first.status_code, second.status_code) == (409, 409)
    assert f'href="{home}">Back to the order' in first.text
    assert f'action="{place}/withdraw"' in first.text
    assert "Your request for a refund was refused: It runs here." in text_of(second)
    for _ in range(2):
        market.withdraw_refund_request(buyer, order.id, 1)
        market.ask_for_refund(buyer, order.id, 1, WHY)
    for _ in range(2):
        assert browser.post(f"{place}/withdraw", home).headers["Location"] == home

    assert "This request was answered or withdrawn before." in text_of(browser.get(home))
    assert "You asked 3 times, which is the most." in text_of(browser.get(place))


def test_who_asks_too_late_finds_back(
    site: Site, market: Marketplace, buyer: Principal, order: Order
) -> None:
    """And reads until when they could ask."""
    market.pass_time(days=400)
    page = site.browser(buyer).get(f"/orders/{order.id}/lines/1/request")

    assert (page.status_code, "You could ask for a refund until" in page.text) == (409, True)
    assert f'href="/orders/{order.id}">Back to the order' in page.text


def test_yes_and_no_do_not_look_alike(
    site: Site, market: Marketplace, seller: Principal, asked: Order
) -> None:
    """In the seller's list, the marketplace's, and on the page of the order."""
    joe = site.browser(market.person("joe", Role.ADMIN))
    own = site.browser(seller)
    place = f"/orders/{asked.id}/lines/1"
    yes = f'<a class="button button-main button-small" href="{place}/refund">Refund up to €12.50'
    no = f'<a class="small" href="{place}/request/refuse">Refuse the request'
    pages = [
        own.get("/sales/requests"),
        joe.get("/admin/requests"),
        joe.get(f"/admin/orders/{asked.id}"),
    ]

    assert [(yes in page.text, no in page.text) for page in pages] == [(True, True)] * 3
    assert 'type="submit">Refund up to €12.50' in own.get(f"{place}/refund").text
    assert 'type="submit">Refuse the request' in own.get(f"{place}/request/refuse").text


def test_a_request_that_cannot_be_granted_now_can_be_refused(
    site: Site, market: Marketplace, seller: Principal, asked: Order
) -> None:
    """While a refund belongs to no line; its seller reads who has to help."""
    market.provider.refund(session(asked), Money(300, "EUR"))
    market.deliver_charge(asked)
    browser, place = site.browser(seller), f"/orders/{asked.id}/lines/1"
    listed, form = browser.get("/sales/requests"), browser.get(f"{place}/refund")

    for page in (listed, form):
        assert "An admin has to say that first" in text_of(page)
        assert f'href="{place}/request/refuse"' in page.text
    assert f'href="{place}/refund"' not in listed.text
    assert f'href="{place}/refund"' not in browser.get(f"{place}/request/refuse").text


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
    for again in (browser.get(place), browser.post(place, place, reason="It runs here.")):
        assert (again.status_code, again.headers["Location"]) == (303, "/sales/requests")
    assert "answered or withdrawn before" in text_of(browser.get("/sales/requests"))


def test_an_admin_sees_what_is_overdue_and_answers(
    site: Site, market: Marketplace, asked: Order
) -> None:
    """From the list or from the page of the order, which tells all of it."""
    market.pass_time(days=6)
    browser, place = site.browser(market.person("joe", Role.ADMIN)), f"/orders/{asked.id}/lines/1"
    assert 'href="/admin/requests"' in browser.get("/admin").text
    assert f"6 March 2026 overdue Post {asked.id} Ada user_ada {WHY}" in text_of(
        browser.get("/admin/requests")
    )
    history = f"/admin/orders/{asked.id}"
    assert f'href="{place}/request/refuse"' in browser.get(history).text
    refused = browser.post(f"{place}/request/refuse", f"{place}/request/refuse", reason="It runs.")

    assert refused.headers["Location"] == "/admin/requests"
    assert f"Post refused {WHY}" in text_of(browser.get(history))
