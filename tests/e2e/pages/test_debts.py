"""Writing off what a seller owes, by a page."""

from koda.domain.model.identifiers import AccountId
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of


def test_an_admin_writes_a_debt_off_from_the_page_of_its_order(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With a reason; others who read the page are not offered it. Its seller reads of it."""
    joe, cyd = market.person("joe", Role.ADMIN), market.ready_seller("cyd")
    own, other = market.list_automation(seller, price="12.50"), market.list_automation(cyd)
    order = market.capture(market.buy(buyer, own, other))
    market.provider.pay_out(AccountId("acct_ada"))
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it does not run"))
    home, place = f"/admin/orders/{order.id}", f"/admin/orders/{order.id}/debts/{seller.user_id}"
    assert place not in site.browser(market.person("sue", Role.SUPPORT)).get(home).text
    browser = site.browser(joe)
    assert place in browser.get(home).text
    assert "Owed €10.62" in text_of(browser.get(place))
    sales = text_of(site.browser(seller).get("/sales"))
    assert "You owe the marketplace" in sales
    assert f"€10.62 of {own.listing.title}, sold 1 March 2026" in sales
    owing = browser.get("/admin/orders?state=owing")
    assert "€10.62 is owed, asked for again" in text_of(owing)
    assert f"/admin/statements?seller={seller.user_id}" in owing.text
    assert browser.post(place, place, reason="no").status_code == 422
    market.pass_time(minutes=1)
    balances = browser.get("/admin/balances")
    assert "Ada user_ada €10.62 €0.00 €0.00" in text_of(balances)
    assert "Seller balances 1 waiting" in text_of(browser.get("/admin"))
    sent = browser.post(place, place, reason="She sells no more.")

    market.pass_time(minutes=1)
    books = text_of(browser.get("/admin/books"))
    assert "Losses by what made them What Losses Debt given up €10.62" in books
    assert (sent.status_code, sent.headers["Location"]) == (303, home)
    assert "written off She sells no more." in text_of(browser.get(home))
    assert market.orders.get(order.id).settled
    assert browser.get(place).status_code == 409
    assert "Nobody owes anything" in text_of(browser.get("/admin/balances"))
