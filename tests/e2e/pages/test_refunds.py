"""Refunding by a page."""

import re

import pytest

from koda.domain.model.disputes import DisputeState
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session

WHY = "it does not run"


@pytest.fixture
def order(market: Marketplace, seller: Principal, buyer: Principal) -> Order:
    """Two lines of Ada's and of Cyd's, paid and captured."""
    cyd = market.ready_seller("cyd")
    own = market.list_automation(seller, title="Post", price="12.50")
    order = market.buy(buyer, own, market.list_automation(cyd, title="Mail", price="20"))
    market.pass_time(seconds=1)
    return order


def test_an_admin_refunds_a_line_from_the_page_of_its_order(
    site: Site, market: Marketplace, order: Order
) -> None:
    """And comes back to it, where the refund is told with its reason."""
    browser = site.browser(market.person("joe", Role.ADMIN))
    place = f"/orders/{order.id}/lines/2/refund"
    assert place in browser.get(f"/admin/orders/{order.id}").text
    assert "Left to refund €20.00" in text_of(browser.get(place))
    sent = browser.post(place, place, amount="2.50", reason=WHY)

    assert (sent.status_code, sent.headers["Location"]) == (303, f"/admin/orders/{order.id}")
    page = text_of(browser.get(f"/admin/orders/{order.id}"))
    assert "The refund is done." in page
    assert f"Mail re_{order.id}_line-2 succeeded {WHY} Joe user_joe" in page
    assert market.orders.get(order.id).refunded == Money(250, "EUR")


def test_a_seller_refunds_from_their_sales(
    site: Site, market: Marketplace, seller: Principal, order: Order
) -> None:
    """What they sold, and nothing else."""
    browser = site.browser(seller)
    place = f"/orders/{order.id}/lines/1/refund"
    assert place in browser.get("/sales").text
    sent = browser.post(place, place, amount="", reason=WHY)

    assert (sent.status_code, sent.headers["Location"]) == (303, "/sales")
    assert market.orders.get(order.id).refunded == Money(1250, "EUR")
    assert "Nothing is left to refund." in text_of(browser.get(place))
    assert browser.get(f"/orders/{order.id}/lines/2/refund").status_code == 403
    assert browser.get(f"/orders/{order.id}/lines/{'9' * 5000}/refund").status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"amount": "12.51", "reason": WHY}, "Must be at most 12.50 EUR."),
        ({"amount": "much", "reason": WHY}, "One thing needs changing"),
        ({"amount": "", "reason": "no"}, "One thing needs changing"),
        ({"amount": "half", "reason": "it does not run"}, "Must be an amount such as 12.50."),
        ({"amount": "0", "reason": "it does not run"}, "Must be more than zero"),
    ],
)
def test_a_refused_form_is_shown_again_with_what_to_change(
    site: Site, market: Marketplace, order: Order, typed: dict[str, str], told: str
) -> None:
    """Nothing is refunded."""
    browser = site.browser(market.person("joe", Role.ADMIN))
    place = f"/orders/{order.id}/lines/1/refund"
    refused = browser.post(place, place, **typed)

    assert refused.status_code == 422
    assert told in text_of(refused)
    assert typed["reason"] in refused.text
    assert market.orders.get(order.id).refunded == Money(0, "EUR")


def test_a_form_that_is_sent_twice_refunds_once(
    site: Site, market: Marketplace, seller: Principal, order: Order
) -> None:
    """The second is shown again with what is left now, to be sent anew if that is meant."""
    browser, place = site.browser(seller), f"/orders/{order.id}/lines/1/refund"
    left = re.search(r'name="left" value="([^"]+)"', browser.get(place).text)
    assert left
    typed = {"amount": "3.00", "reason": "as agreed", "left": left[1]}
    sent = [browser.post(place, place, **typed) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 409]
    assert "9.50 EUR of it is left. Look again" in text_of(sent[1])
    assert 'name="left" value="9.50 EUR"' in sent[1].text
    assert market.orders.get(order.id).refunded == Money(300, "EUR")


def test_a_refund_that_was_made_elsewhere_is_assigned(
    site: Site, market: Marketplace, order: Order
) -> None:
    """From the page of its order; until then it is told there."""
    refund_id = market.provider.refund(session(order), Money(300, "EUR"))
    market.deliver_charge(order)
    browser = site.browser(market.person("joe", Role.ADMIN))
    place = f"/admin/orders/{order.id}/refunds/{refund_id}"
    history, cards = browser.get(f"/admin/orders/{order.id}"), browser.get("/admin")
    assert f'href="{place}"' in history.text
    assert f"€3.00 {refund_id} Assign" in text_of(history)
    assert "Refunds of no line 1" in text_of(cards)
    assert 'href="/admin/orders?state=unassigned"' in cards.text
    assert order.id in browser.get("/admin/orders?state=unassigned").text
    form = text_of(browser.get(place))
    assert f"€3.00 {refund_id}" in form
    assert "Sold for €20.00; €0.00 went back, €20.00 is left." in form
    refused = browser.post(place, place, line_1="3.01", reason=WHY)
    assert (refused.status_code, "Must be 3.00 EUR together" in text_of(refused)) == (422, True)
    sent = browser.post(place, place, line_1="1", line_2="2.00", reason=WHY)

    assert sent.headers["Location"] == f"/admin/orders/{order.id}"
    assert market.orders.get(order.id).settled
    assert browser.get(place).status_code == 404


def test_a_refund_that_must_fail_is_not_offered(
    site: Site, market: Marketplace, seller: Principal, order: Order
) -> None:
    """While a refund belongs to no line; who may assign it is led there, others are told."""
    refund_id = market.provider.refund(session(order), Money(300, "EUR"))
    market.deliver_charge(order)
    joe, own = site.browser(market.person("joe", Role.ADMIN)), site.browser(seller)
    place, assign = f"/orders/{order.id}/lines/1/refund", f"/admin/orders/{order.id}/refunds/"
    lists = joe.get(f"/admin/orders/{order.id}"), own.get("/sales")
    forms = joe.get(place), own.get(place)

    for page in lists:
        assert f'href="{place}"' not in page.text
    for page in (*lists, *forms):
        assert "nobody has said yet for which line" in text_of(page)
        assert "<textarea" not in page.text
    assert f'href="{assign}{refund_id}">Assign the refund' in forms[0].text
    assert assign not in forms[1].text
    assert "An admin has to say that first" in text_of(forms[1])


def test_a_refund_that_a_dispute_forbids_is_not_offered(
    site: Site, market: Marketplace, seller: Principal, order: Order
) -> None:
    """Nor tried again with the same form, where only the provider knew of the dispute."""
    own, place = site.browser(seller), f"/orders/{order.id}/lines/1/refund"
    assert "<textarea" in own.get(place).text
    dispute_id = market.provider.dispute(session(order), Money(300, "EUR"))
    late = own.post(place, place, amount="", reason=WHY)
    assert (late.status_code, "<textarea" in late.text) == (409, False)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(order)
    sales = own.get("/sales")

    assert f'href="{place}"' not in sales.text
    for page in (late, own.get(place), sales):
        assert "it can be refunded only if the dispute is won" in text_of(page)


def test_support_is_told_how_much_it_may_refund(site: Site, market: Marketplace) -> None:
    """An admin may refund the rest."""
    order = market.buy(
        market.person("bo"), market.list_automation(market.ready_seller("ada"), price="1000")
    )
    sue = site.browser(market.person("sue", Role.SUPPORT))
    most = market.policy.money(market.policy.support_refund)

    assert f"at most €{most.minor // 100}" in text_of(sue.get(f"/orders/{order.id}/lines/1/refund"))


def test_a_buyer_sees_what_was_refunded(
    site: Site, market: Marketplace, buyer: Principal, order: Order
) -> None:
    """Of each line and in all, and in the list of their orders."""
    browser = site.browser(market.person("joe", Role.ADMIN))
    place = f"/orders/{order.id}/lines/2/refund"
    browser.post(place, place, amount="2.50", reason=WHY)
    own = site.browser(buyer)
    part = text_of(own.get(f"/orders/{order.id}"))
    for line in (1, 2):
        place = f"/orders/{order.id}/lines/{line}/refund"
        browser.post(place, place, amount="", reason=WHY)

    assert "€2.50 of it was refunded." in part
    assert "Refunded: €2.50" in part
    assert "This order was refunded" in text_of(own.get(f"/orders/{order.id}"))
    assert "€32.50" in text_of(own.get("/orders"))


def test_a_library_and_orders_say_what_came_back(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, order: Order
) -> None:
    """By a refund of a part, or by the buyer's bank."""
    market.refund_purchase(seller, RefundRequest(order.id, 1, WHY, "2.50"))
    own = site.browser(buyer)
    assert "for €12.50 €2.50 of it came back to you" in text_of(own.get("/library"))
    dispute_id = market.provider.dispute(session(order), Money(300, "EUR"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(order)

    assert "€2.50 €3.00 by your bank" in text_of(own.get("/orders"))


def test_refunds_of_everybody_are_listed_with_who_and_why(
    site: Site, market: Marketplace, order: Order
) -> None:
    """Latest first, with what arrived in all; of one that failed nothing did."""
    joe = market.person("joe", Role.ADMIN)
    market.refund_purchase(joe, RefundRequest(order.id, 1, WHY))
    market.pass_time(hours=1)
    by_hand = market.provider.refund(session(order), Money(300, "EUR"))
    market.deliver_charge(order)
    browser = site.browser(market.person("sue", Role.SUPPORT))

    page = browser.get("/admin/refunds?from=2026-03-01&to=2026-03-31")
    said = text_of(page)

    assert said.index(by_hand) < said.index(f"re_{order.id}_line-1")
    assert "Refunded in all, EUR €15.50" in said
    assert f"{WHY} Joe user_joe €12.50" in said
    assert "It belongs to no line." in said
    assert "/assign" not in page.text
    assert by_hand in site.browser(joe).get("/admin/refunds").text
    before = browser.get("/admin/refunds?from=2026-01-01&to=2026-01-31")
    assert "Nothing was refunded" in text_of(before)
    assert browser.get("/admin/refunds?from=2025-01-01&to=2026-03-31").status_code == 422


def test_nobody_is_offered_to_decide_on_what_they_bought(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """The page of the order, its forms and the list of requests say that somebody else has to."""
    joe = market.person("joe", Role.ADMIN)
    order = market.buy(joe, market.list_automation(seller), market.list_automation(seller))
    market.pass_time(seconds=1)
    market.ask_for_refund(joe, order.id, 1, WHY)
    refund_id = market.provider.refund(session(order), Money(300, "EUR"))
    market.deliver_charge(order)
    browser, place = site.browser(joe), f"/orders/{order.id}/lines/1/refund"
    refuse = f"/orders/{order.id}/lines/1/request/refuse"
    assign = f"/admin/orders/{order.id}/refunds/{refund_id}"
    lists = browser.get(f"/admin/orders/{order.id}"), browser.get("/admin/requests")
    sent = browser.post(place, "/admin", amount="1", reason=WHY)

    for page in (*lists, browser.get(place), sent):
        assert "so somebody else has to decide" in text_of(page)
        assert not any(f'href="{link}"' in page.text for link in (place, refuse, assign))
    assert [browser.get(refuse).status_code, sent.status_code] == [303, 409]
    assert "so somebody else has to decide" in text_of(browser.get(assign))
