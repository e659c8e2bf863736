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

    assert f"{order.id} {dispute_id} €12.50 fraudulent The buyer's bank has the money" in text_of(
        page
    )
    assert f'href="/admin/orders/{order.id}"' in page.text
    assert 'href="/admin/disputes"' in browser.get("/admin").text
