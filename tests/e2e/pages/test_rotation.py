"""A new secret signs nobody out, and sessions are signed with SHA-256."""

import hashlib

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from flask import Flask
from itsdangerous import BadSignature, URLSafeTimedSerializer
from typed_settings.types import SecretStr

from koda.domain.model.people import Principal
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of
from tests.support.strong import STRONG, STRONG_BEFORE

COOKIE = "koda"


def restarted(market: Marketplace, secret: str, before: str = "") -> Site:
    """Serve `market` anew, with these secrets."""
    settings = market.container.settings()
    told = evolve(settings, secret=SecretStr(secret), secret_before=SecretStr(before))
    market.container.settings.override(Object(told))
    return Site(market, create_app(market.container))


def moved(browser: Browser, site: Site) -> Browser:
    """The same browser, once the site was started anew: with its cookie, on the same page."""
    same = Browser(site.app.test_client())
    cookie = browser.client.get_cookie(COOKIE, "127.0.0.1")
    assert cookie is not None
    same.client.set_cookie(COOKIE, cookie.value, domain="127.0.0.1")
    same.token = browser.token
    return same


@pytest.fixture
def browser(market: Marketplace, seller: Principal) -> Browser:
    """A visitor with something in the basket, signed with the secret of before."""
    item = market.list_automation(seller, title="Post everywhere")
    browser = restarted(market, STRONG_BEFORE).anybody()
    browser.follow(browser.post("/basket/add", automation_id=item.id))
    return browser


def test_visitors_keep_their_sessions(market: Marketplace, browser: Browser) -> None:
    """The basket is there, and a form that was opened before is taken."""
    same = moved(browser, restarted(market, STRONG, before=STRONG_BEFORE))

    assert same.post("/basket/remove", automation_id="none").status_code == 303
    assert "Post everywhere" in text_of(same.get("/basket"))


def test_what_is_signed_anew_outlives_the_secret_of_before(
    market: Marketplace, browser: Browser
) -> None:
    """Whoever came while both were told stays once the old one is left out."""
    site = restarted(market, STRONG, before=STRONG_BEFORE)
    same = moved(browser, site)
    other = market.list_automation(market.ready_seller("dan"), title="One of Dan")
    same.post("/basket/add", automation_id=other.id)

    later = moved(same, restarted(market, STRONG))

    assert "Post everywhere" in text_of(later.get("/basket"))


def test_secret_that_is_replaced_alone_signs_nothing(market: Marketplace, browser: Browser) -> None:
    """Where it was stolen, what it signed is void at once."""
    same = moved(browser, restarted(market, STRONG))

    assert "Nothing in here yet" in text_of(same.get("/basket"))


def loaded(app: Flask, cookie: str, method: object) -> object:
    """What a cookie says, if it is signed by that method."""
    options = {"key_derivation": "hmac", "digest_method": method}
    signer = URLSafeTimedSerializer(
        app.config["SECRET_KEY"],
        salt="cookie-session",
        signer_kwargs=options,
    )
    return signer.loads(cookie)


def test_sessions_are_signed_with_sha256(market: Marketplace) -> None:
    """SHA-1 is nothing that a new site should still rest on."""
    site = restarted(market, STRONG)
    browser = site.anybody()
    browser.get("/basket")
    cookie = browser.client.get_cookie(COOKIE, "127.0.0.1")
    assert cookie is not None

    assert loaded(site.app, cookie.value, hashlib.sha256)
    with pytest.raises(BadSignature):
        loaded(site.app, cookie.value, hashlib.sha1)
