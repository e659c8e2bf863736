"""What pages show of listings that were priced in another currency than the marketplace's."""

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.domain.model.automations import Automation
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.entrypoints.web.app import create_app
from koda.testing.examples import PIXEL
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of


@pytest.fixture
def dollars(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's, from when everything was sold in USD."""
    listed = market.list_automation(seller, title="Sold for dollars")
    earlier = evolve(listed.listing, price=Money(1250, "USD"))
    return market.automations.save(evolve(listed, listing=earlier))


def test_nobody_finds_or_buys_it(
    site: Site, market: Marketplace, buyer: Principal, seller: Principal, dollars: Automation
) -> None:
    """The catalogue shows the others; a basket with both says what to remove."""
    other = market.list_automation(seller, title="Sold for euros")
    browser = site.browser(buyer)

    catalogue = text_of(browser.get("/"))
    page = browser.get(f"/automations/{dollars.id}")
    for automation in (dollars, other):
        browser.post("/basket/add", automation_id=automation.id)
    basket = text_of(browser.get("/basket"))

    assert "Sold for euros" in catalogue
    assert "Sold for dollars" not in catalogue
    assert page.status_code == 404
    assert "not for sale any more" in basket
    assert "€12.50" in basket


def test_nobody_counts_it_where_the_currency_was_changed(
    market: Marketplace, seller: Principal, dollars: Automation
) -> None:
    """What is counted is what is shown."""
    market.list_automation(seller, title="Sold for euros")
    changed = evolve(market.container.settings(), currencies_before=("USD",))
    market.container.settings.override(Object(changed))
    browser = Site(market, create_app(market.container)).anybody()

    page = text_of(browser.get("/"))
    answer = browser.get("/api/v1/automations").json

    assert "1 automation" in page
    assert list(answer["facets"]["platforms"].values()) == [1]  # type: ignore[index]


def test_its_seller_is_told_and_sells_it_again(
    site: Site, seller: Principal, dollars: Automation
) -> None:
    """By a new price."""
    browser = site.browser(seller)

    listings = text_of(browser.get("/selling"))
    page = text_of(browser.get(f"/automations/{dollars.id}"))
    form = browser.get(f"/selling/{dollars.id}/edit")

    assert "Not for sale: its price is in USD. Everything here is sold in EUR now." in listings
    assert "Nobody can buy it: its price is in USD." in page
    assert form.status_code == 200


def test_its_buyers_keep_it(
    site: Site, market: Marketplace, buyer: Principal, seller: Principal
) -> None:
    """Library, sales and receipts show what was paid."""
    listed = market.list_automation(seller, title="Sold for dollars")
    market.buy(buyer, listed)
    automation = market.automations.get(listed.id)
    earlier = evolve(automation.listing, price=Money(1250, "USD"))
    market.automations.save(evolve(automation, listing=earlier))
    browser = site.browser(buyer)

    assert "Sold for dollars" in text_of(browser.get("/library"))
    assert browser.get(f"/automations/{listed.id}").status_code == 200
    assert site.browser(seller).get("/sales").status_code == 200


def test_its_picture_is_shown_to_its_seller_alone(market: Marketplace, seller: Principal) -> None:
    """As its page is."""
    preview = market.upload(seller, PIXEL, "cover.png")
    listed = market.list_automation(seller, preview=preview)
    earlier = evolve(listed.listing, price=Money(1250, "USD"))
    dollars = market.automations.save(evolve(listed, listing=earlier))
    assert dollars.preview is not None
    address = f"/previews/{dollars.id}/{dollars.preview.sizes[0].file.sha256}"
    site = Site(market, create_app(market.container))

    statuses = [who.get(address).status_code for who in (site.anybody(), site.browser(seller))]

    assert statuses == [404, 200]
