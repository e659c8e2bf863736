"""Disputes, as those see them who look after them."""

from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session


def test_open_disputes_are_listed_with_what_to_do(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Beside the order of each; the overview leads there."""
    browser = site.browser(market.person("sue", Role.SUPPORT))
    assert "No open disputes" in text_of(browser.get("/admin/disputes"))
    order = market.buy(buyer, market.list_automation(seller))
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)

    page = browser.get("/admin/disputes")

    assert (
        f"{order.id} open {dispute_id} €12.50 fraudulent The buyer's bank has the money"
        in text_of(page)
    )
    assert f'href="/admin/orders/{order.id}"' in page.text
    assert 'href="/admin/disputes"' in browser.get("/admin").text


def test_fraud_warnings_are_listed_and_stand_on_the_order(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With what to do."""
    order = market.buy(buyer, market.list_automation(seller))
    warning_id = market.provider.warn_of_fraud(session(order))
    market.handle_payment_event(*market.provider.warning_event(warning_id))
    browser = site.browser(market.person("sue", Role.SUPPORT))

    listed = text_of(browser.get("/admin/disputes"))
    assert f"{order.id} {warning_id} €12.50 misc The card's issuer fears" in listed
    assert "The card's issuer warns of fraud" in text_of(browser.get(f"/admin/orders/{order.id}"))


def test_an_admin_reads_the_evidence_and_sends_it(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With a reason, which the audit log keeps; the support only reads the list."""
    order = market.buy(buyer, market.list_automation(seller, title="Post"))
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)
    place = f"/admin/orders/{order.id}/disputes/{dispute_id}"
    browser = site.browser(market.person("joe", Role.ADMIN))
    assert place in browser.get("/admin/disputes").text
    assert place not in site.browser(market.person("sue", Role.SUPPORT)).get("/admin/disputes").text

    assert "The buyer asked for no download link." in text_of(browser.get(place))
    assert browser.post(place, place, reason="").status_code == 422
    sent = browser.post(place, place, reason="The buyer has it.")

    assert (sent.status_code, sent.headers["Location"]) == (303, "/admin/disputes")
    assert "The evidence was sent." in text_of(browser.get("/admin/disputes"))
    assert place not in browser.get("/admin/disputes").text
    assert "evidence was sent" in text_of(browser.get(f"/admin/orders/{order.id}"))
    assert market.provider.disputes[dispute_id].evidence is not None
