"""A whole marketplace in memory behind Flask's test client, and people who click through it."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from dependency_injector.providers import Object
from flask import Flask
from flask.testing import FlaskClient
from typed_settings.types import SecretStr
from werkzeug.test import TestResponse

from koda.adapters.memory.browser_sessions import SESSION
from koda.adapters.pillow.pictures import PillowPictures
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.sample_people import SamplePeople, SamplePerson
from koda.testing.marketplace import Marketplace
from tests.support.strong import STRONG

SANDBOX = "http://127.0.0.1:4242"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@frozen
class SampleAda(SamplePeople):
    """One person to be on the sandbox's sign-in page."""

    market: Marketplace

    def all(self) -> Sequence[SamplePerson]:
        """Ada alone."""
        return [SamplePerson(UserId("user_ada"), "Ada", "sells automations")]

    def sign_in(self, user_id: UserId) -> str:
        """Begin a session of Ada's."""
        if user_id != "user_ada":
            raise NotFound("person", user_id)
        return self.market.identity.sign_in(user_id)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(response: TestResponse) -> str:
    """What a page says, without its markup."""
    parser = _Text()
    parser.feed(response.text)
    return " ".join(" ".join(parser.words).split())


@define
class Browser:
    """A visitor with cookies, who sends forms as pages offer them."""

    client: FlaskClient
    base: str = "http://127.0.0.1:8000"
    token: str = field(default="", init=False)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page; remember the token of its forms."""
        response = self.client.get(path, base_url=self.base, **options)
        if response.mimetype == "text/html":
            token = TOKEN.search(response.text)
            self.token = token[1] if token else self.token
        return response

    def post(self, path: str, page: str = "/basket", **data: Any) -> TestResponse:
        """Send a form that `page` offers."""
        if not self.token:
            self.get(page)
        form = {"csrf_token": self.token} | data
        return self.client.post(path, data=form, base_url=self.base)

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a redirect leads, inside the site."""
        assert response.status_code == 303, response.text
        return self.get(response.headers["Location"])


@define
class Site:
    """The marketplace, its application, and browsers of its people."""

    market: Marketplace
    app: Flask

    def anybody(self) -> Browser:
        """A browser in which nobody is signed in, with a basket of its own."""
        browser = Browser(self.app.test_client())
        browser.get("/sandbox/sign-in")
        return browser

    def browser(self, principal: Principal) -> Browser:
        """A browser in which `principal` is signed in."""
        browser = self.anybody()
        token = self.market.identity.sign_in(principal.user_id, roles=principal.roles)
        browser.client.set_cookie(SESSION, token, domain="127.0.0.1")
        return browser


def sandboxed(made: Marketplace, site_url: str = "http://127.0.0.1:8000") -> Marketplace:
    """Let a marketplace in memory call itself sandboxed, with one person to be."""
    settings = made.container.settings()
    told = evolve(settings, sandbox_url=SANDBOX, secret=SecretStr(STRONG), site_url=site_url)
    made.container.settings.override(Object(told))
    made.container.sample_people.override(Object(SampleAda(made)))
    return made


@pytest.fixture
def market() -> Marketplace:
    """A marketplace in memory that calls itself sandboxed."""
    return sandboxed(Marketplace(pictures=PillowPictures()))


@pytest.fixture
def site(market: Marketplace) -> Site:
    """The marketplace on the web."""
    return Site(market, create_app(market.container))


@pytest.fixture
def seller(market: Marketplace) -> Principal:
    """Ada, who sells."""
    return market.ready_seller("ada")


@pytest.fixture
def buyer(market: Marketplace) -> Principal:
    """Bo, who buys."""
    return market.person("bo")


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Cleo, who looks after the marketplace."""
    return market.person("cleo", Role.ADMIN)
