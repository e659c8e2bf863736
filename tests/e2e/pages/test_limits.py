"""How often pages let a visitor do what costs something elsewhere."""

import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.pillow.pictures import PillowPictures
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.search.catalogue import Search
from koda.entrypoints.web.app import create_app
from koda.testing.contracts.pictures import png
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, sandboxed, text_of

LIMITED = {
    "/checkout": "checkout",
    "/library/{}/download": "download",
    "/selling/onboarding": "onboarding",
    "/selling/onboarding/check": "onboarding",
    "/selling/payouts": "onboarding",
    "/selling/uploads": "upload",
    "/selling/new": "submit",
    "/selling/{}/edit": "submit",
    "/selling/{}/release": "submit",
    "/selling/new/upl_none": "submit",
    "/selling/{}/release/upl_none": "submit",
    "/sandbox/sign-in": "sign_in",
}
"""The forms that are limited, and what they count as."""
OFTEN = pytest.mark.parametrize("path", LIMITED)
OWN = ("/selling/{}/edit", "/selling/{}/release", "/selling/{}/release/upl_none")
"""Whoever is not the seller finds nothing here, however seldom."""
SIGN_IN = "/sandbox/sign-in"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def site() -> Site:
    """A site on which everybody may do everything once an hour."""
    rates = dict.fromkeys(LIMITED.values(), "1/hour")
    market = sandboxed(Marketplace(rate_limiter=MemoryRateLimiter(rates)))
    return Site(market, create_app(market.container))


@pytest.fixture
def market(site: Site) -> Marketplace:
    """The marketplace of that site."""
    return site.market


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


def send(browser: Browser, path: str, **options: str) -> int:
    """Send an empty form; return the status."""
    if not browser.token:
        browser.get("/basket")
    form = {"csrf_token": browser.token}
    answer = browser.client.post(
        path, data=form, base_url=browser.base, environ_overrides=dict(options)
    )
    return answer.status_code


@OFTEN
def test_a_person_who_comes_too_often_waits(
    site: Site, seller: Principal, automation: Automation, path: str
) -> None:
    """From wherever they come the second time; who signs in is nobody yet."""
    browser, place = site.browser(seller), path.format(automation.id)

    assert send(browser, place) != 429
    assert send(browser, place, **({} if path == SIGN_IN else ELSEWHERE)) == 429


def site_with(**rates: str) -> Site:
    """A site with these limits, and a listing of Ada's."""
    market = sandboxed(
        Marketplace(rate_limiter=MemoryRateLimiter(rates), pictures=PillowPictures())
    )
    ada = market.ready_seller("ada")
    market.list_automation(ada, preview=market.upload(ada, png(64, 64), "picture.png"))
    return Site(market, create_app(market.container))


def statuses_of(site: Site, *paths: str, address: str = "127.0.0.1") -> list[int]:
    """What becomes of asking for these, from that address."""
    client, told = site.app.test_client(), {"REMOTE_ADDR": address}
    base = "http://127.0.0.1:8000"
    return [client.get(path, base_url=base, environ_overrides=told).status_code for path in paths]


def test_who_searches_too_often_waits() -> None:
    """For what the cache does not hold; what it holds, the first page of all, and others go on."""
    site = site_with(search="2/hour")

    assert statuses_of(site, "/?q=a", "/?q=b", "/?q=c", "/api/v1/automations?q=c") == [
        200,
        200,
        429,
        429,
    ]
    assert statuses_of(site, "/?q=a", "/?q=b", "/sandbox/sign-in") == [200] * 3
    assert statuses_of(site, "/", "/api/v1/automations") == [200] * 2
    assert statuses_of(site, "/?q=c", "/", "/?q=c", address="203.0.113.7") == [200] * 3


def test_nobody_says_by_a_header_that_they_are_somebody_else() -> None:
    """A made-up address counts as the one that the request came from."""
    client, base = site_with(search="2/hour").app.test_client(), "http://127.0.0.1:8000"

    answers = [
        client.get(f"/?q={word}", headers={"X-Forwarded-For": f"10.0.0.{number}"}, base_url=base)
        for number, word in enumerate("abc")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_refusal_says_when_to_come_again() -> None:
    """In words and in the header."""
    site = site_with(search="1/hour")
    statuses_of(site, "/?q=a")

    refused = site.anybody().get("/?q=b")

    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 3600
    assert f"try again in {wait} seconds" in text_of(refused)


def test_what_is_refused_is_counted_where_something_is_searched_for() -> None:
    """A page shows what the rest of a search would leave; the API only says what is wrong."""
    site = site_with(search="1/hour")
    refused = ("/api/v1/automations?z=1", "/api/v1/automations?sort=random")

    assert statuses_of(site, *refused) == [422] * 2
    assert statuses_of(site, "/?sort=random", "/?q=a") == [422, 429]


def test_who_looks_at_too_many_pictures_waits() -> None:
    """Whatever they are of."""
    site = site_with(preview="2/hour")
    (item,) = site.market.browse_catalogue(Search()).entries
    assert item.automation.preview is not None
    path = f"/previews/{item.automation.id}/{item.automation.preview.largest.file.sha256}"

    assert statuses_of(site, path, "/previews/aut_x/x", path) == [200, 404, 429]
    assert statuses_of(site, path, address="203.0.113.7") == [200]


def test_addresses_of_one_customer_are_one_caller() -> None:
    """With IPv6 everybody has as many as they like; IPv4 written as IPv6 is IPv4."""
    site = site_with(search="1/hour")

    assert statuses_of(site, "/?q=a", address="2001:db8:1:2::1") == [200]
    assert statuses_of(site, "/?q=b", address="2001:db8:1:2:ffff::9") == [429]
    assert statuses_of(site, "/?q=b", address="2001:db8:1:3::1") == [200]
    assert statuses_of(site, "/?q=c", address="::ffff:192.0.2.1") == [200]
    assert statuses_of(site, "/?q=d", address="192.0.2.1") == [429]
    assert statuses_of(site, "/?q=d", address="::ffff:192.0.2.2") == [200]


@pytest.mark.parametrize("path", [path for path in LIMITED if path not in OWN])
def test_an_address_from_which_too_much_comes_waits(
    site: Site, seller: Principal, buyer: Principal, automation: Automation, path: str
) -> None:
    """Whoever sits at it; somebody else somewhere else is not held up."""
    ada, bo = site.browser(seller), site.browser(buyer)
    place = path.format(automation.id)

    assert send(ada, place) != 429
    assert send(bo, place) == 429
    assert send(site.browser(site.market.person("cleo")), place, **ELSEWHERE) != 429
