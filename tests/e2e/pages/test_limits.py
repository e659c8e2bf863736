"""How often pages let a visitor do what costs something elsewhere."""

import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, sandboxed

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
    "/sandbox/sign-in": "sign_in",
}
"""The forms that are limited, and what they count as."""
OFTEN = pytest.mark.parametrize("path", LIMITED)
OWN = ("/selling/{}/edit", "/selling/{}/release")
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


@pytest.mark.parametrize("path", [one for one in LIMITED if one not in OWN])
def test_an_address_from_which_too_much_comes_waits(
    site: Site, seller: Principal, buyer: Principal, automation: Automation, path: str
) -> None:
    """Whoever sits at it; somebody else somewhere else is not held up."""
    ada, bo = site.browser(seller), site.browser(buyer)
    place = path.format(automation.id)

    assert send(ada, place) != 429
    assert send(bo, place) == 429
    assert send(site.browser(site.market.person("cleo")), place, **ELSEWHERE) != 429
