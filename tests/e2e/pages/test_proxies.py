"""Whose address counts where proxies stand before the site."""

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, sandboxed

SIGN_IN = "/sandbox/sign-in"


def site_behind(proxies: int) -> Site:
    """A site behind so many proxies, on which an address may sign in once an hour."""
    market = sandboxed(Marketplace(rate_limiter=MemoryRateLimiter({"sign_in": "1/hour"})))
    settings = evolve(market.container.settings(), proxies=proxies, sandbox_public="yes-i-know")
    market.container.settings.override(Object(settings))
    return Site(market, create_app(market.container))


def statuses(site: Site, *forwarded: str) -> list[int]:
    """What becomes of signing in once for each value of the header, all by the same proxy."""
    return [
        browser.client.post(
            SIGN_IN,
            data={"csrf_token": browser.token, "user": "user_ada"},
            base_url=browser.base,
            headers={"X-Forwarded-For": addresses},
        ).status_code
        for browser, addresses in ((site.anybody(), addresses) for addresses in forwarded)
    ]


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (0, ("203.0.113.1", "203.0.113.2")),
        (1, ("203.0.113.1, 203.0.113.9", "203.0.113.2, 203.0.113.9")),
        (2, ("203.0.113.1, 203.0.113.9, 10.0.0.1", "203.0.113.2, 203.0.113.9, 10.0.0.2")),
    ],
)
def test_what_visitors_write_themselves_is_not_believed(
    proxies: int, forwarded: tuple[str, str]
) -> None:
    """They cannot pass for somebody else to do a thing more often."""
    assert statuses(site_behind(proxies), *forwarded) == [303, 429]


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (1, ("203.0.113.1", "203.0.113.2")),
        (1, ("evil, 203.0.113.1", "evil, 2001:db8::2")),
        (2, ("203.0.113.1, 10.0.0.1", "203.0.113.2, 10.0.0.1")),
    ],
)
def test_visitors_of_one_proxy_are_told_apart(proxies: int, forwarded: tuple[str, str]) -> None:
    """By the entry that the outermost of our proxies wrote."""
    assert statuses(site_behind(proxies), *forwarded) == [303, 303]


def test_no_other_header_is_believed() -> None:
    """Neither host nor scheme, however many proxies there are."""
    site = site_behind(1)
    evil = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}

    page = site.anybody().get("/", headers=evil)

    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert site.anybody().client.get("/", base_url="http://evil.example").status_code == 400


def test_addresses_that_are_made_right_stay_at_the_site() -> None:
    """Whatever scheme a proxy speaks to it, nobody is led from HTTPS to HTTP."""
    market = Marketplace()
    settings = evolve(market.container.settings(), site_url="https://koda.example")
    market.container.settings.override(Object(settings))
    client = create_app(market.container).test_client()

    led = client.get("/automations//x", base_url="http://koda.example")

    assert led.headers["Location"] == "https://koda.example/automations/x"
