import logging

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.adapters.memory.browser_sessions import SESSION
from koda.domain.model.errors import CorruptRecord, Unavailable
from koda.domain.model.people import Credentials, Principal
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.errors import problem_of
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of


class DownIdentity:
    """An identity provider that does not answer."""

    def authenticate(self, credentials: Credentials) -> Principal:
        """Fail as the provider does."""
        raise Unavailable("identity provider")


class DownPeople:
    """What is known of users cannot be read."""

    def find(self, user_id: object) -> None:
        """Fail as the store does."""
        raise Unavailable("store")


class CorruptAutomations:
    """A store whose records are broken."""

    def get(self, automation_id: str) -> None:
        """Fail as the store does."""
        raise CorruptRecord("automation", automation_id, "secret column missing")


def signed_in(market: Marketplace, **ports: object) -> Browser:
    """Bo's browser at a site of which some ports are broken."""
    token = market.identity.sign_in(market.person("bo").user_id)
    for name, port in ports.items():
        getattr(market.container, name).override(Object(port))
    browser = Site(market, create_app(market.container)).anybody()
    browser.client.set_cookie(SESSION, token, domain="127.0.0.1")
    return browser


def test_without_the_identity_provider_public_pages_open(market: Marketplace) -> None:
    """The visitor is nobody for now; what needs somebody says when to come back."""
    browser = signed_in(market, identity=DownIdentity())

    private = browser.get("/library")

    assert browser.get("/").status_code == 200
    assert private.status_code == 503
    assert private.headers["Retry-After"] == "5"


def test_without_the_store_visitors_are_signed_out_for_now(
    market: Marketplace, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows whether they were deleted; what needs somebody says when to come back."""
    browser = signed_in(market, people=DownPeople())
    with caplog.at_level(logging.WARNING, "koda.web"):
        page = browser.get("/nothing")

    private = browser.get("/library")

    assert page.status_code == 404
    assert "Sign in" in text_of(page)
    assert "treated as signed out" in caplog.text
    assert private.status_code == 503
    assert private.headers["Retry-After"] == "5"


def test_a_broken_record_is_logged_and_not_told(
    market: Marketplace, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor reads that something broke; what it was stands in the log."""
    browser = signed_in(market, automations=CorruptAutomations())
    with caplog.at_level(logging.ERROR, "koda.web"):
        page = browser.get("/automations/aut_1")

    assert page.status_code == 500
    assert "corrupt_record" in page.text
    assert "secret column" not in page.text
    assert "secret column missing" in caplog.text


def test_an_error_that_nobody_foresaw_is_told_as_nothing() -> None:
    """Programs and people get a code, and nothing of the error itself."""
    problem = problem_of(RuntimeError("secret"))

    assert problem.status == 500
    assert problem.code == "internal_error"
    assert "secret" not in str(problem.document())


def test_a_site_that_knows_no_sign_in_page_links_to_none(market: Marketplace) -> None:
    """Without a sandbox and without an address told, there is no dead link."""
    settings = market.container.settings()
    market.container.settings.override(Object(evolve(settings, sandbox_url="")))

    page = (
        create_app(market.container).test_client().get("/library", base_url="http://127.0.0.1:8000")
    )

    assert page.status_code == 401
    assert "<a" not in page.text.split('class="account"')[1].split("</a>")[1].split("</div>")[0]
