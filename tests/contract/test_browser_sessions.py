from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from attrs import define, field, frozen

from koda.adapters.clerk.browser_sessions import ClerkBrowserSessions, script_of
from koda.adapters.clerk.handshake import ANSWER, BROWSER, ClerkHandshake
from koda.adapters.memory.browser_sessions import (
    ASKED,
    MemoryBrowserSessions,
    MemoryRenewal,
)
from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.identifiers import UserId
from koda.ports.browser_sessions import BrowserRequest, BrowserScript
from koda.ports.identity import Identity
from koda.testing.contracts.browser_sessions import (
    BrowserSessionsContract,
    SessionRenewalContract,
)
from paysandbox import Sandbox
from tests.contract.test_identity import SELLER, ClerkWorld, MemoryWorld, identity_of


def arguments_of(address: str) -> dict[str, str]:
    """The arguments of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


@define
class MemoryBrowser:
    """Somebody with a browser, and the provider in memory."""

    identity: MemoryIdentity
    renewal: MemoryRenewal
    entered: UserId | None = field(default=None, init=False)

    def sign_in(self) -> tuple[UserId, str]:
        """A seller signs in."""
        return MemoryWorld(self.identity).sign_in()

    def enter(self) -> UserId:
        """A seller signs in, and stays so at the provider."""
        self.entered = self.sign_in()[0]
        return self.entered

    def leave(self) -> None:
        """Nobody is signed in any more."""
        self.entered = None

    def follow(self, address: str) -> BrowserRequest:
        """The provider sends the browser back at once."""
        return BrowserRequest({}, arguments_of(self.renewal.visit(address, self.entered)))

    def asking(self) -> BrowserRequest:
        """By an argument."""
        return BrowserRequest({}, {ASKED: "1"})


Memory = tuple[MemoryBrowserSessions, MemoryBrowser]


@pytest.fixture
def in_memory() -> Memory:
    """The adapter in memory, with everything that it can do."""
    identity = MemoryIdentity()
    renewal = MemoryRenewal(identity)
    script = BrowserScript(b"// signs people in")
    sessions = MemoryBrowserSessions(renewal, script, "https://identity.example/in", identity)
    return sessions, MemoryBrowser(identity, renewal)


class TestMemoryBrowserSessions(BrowserSessionsContract):
    @pytest.fixture
    def make(self, in_memory: Memory) -> Memory:
        """The adapter in memory."""
        return in_memory


class TestMemoryRenewal(SessionRenewalContract):
    @pytest.fixture
    def make(self, in_memory: Memory) -> Memory:
        """The adapter in memory."""
        return in_memory


@frozen
class ClerkBrowser(ClerkWorld):
    """Somebody with a browser, at the sandbox's Clerk."""

    live: bool = False
    http: requests.Session = field(factory=requests.Session, init=False)

    @property
    def identity(self) -> Identity:
        """Who is who there."""
        return identity_of(self.sandbox)

    def enter(self) -> UserId:
        """Ada signs in on Clerk's page."""
        self._send("sign-in", person=SELLER)
        return SELLER

    def leave(self) -> None:
        """She signs out there."""
        self._send("sign-out")

    def _send(self, page: str, **form: Any) -> None:
        form["redirect_url"] = "http://127.0.0.1:8000/"
        address = f"{self.sandbox.clerk_url}/{page}"
        sent = self.http.post(address, form, allow_redirects=False, timeout=5)
        assert sent.status_code == 303, sent.text

    def follow(self, address: str) -> BrowserRequest:
        """Clerk sends the browser back; a live instance's answer comes in a cookie."""
        sent = self.http.get(address, allow_redirects=False, timeout=5)
        brought = arguments_of(sent.headers["Location"])
        cookies = {ANSWER: brought.pop(ANSWER)} if self.live else {}
        return BrowserRequest(cookies, brought)

    def asking(self) -> BrowserRequest | None:
        """By the browser's token, with an instance for development."""
        return None if self.live else BrowserRequest({}, {BROWSER: "db_1"})


Clerk = tuple[ClerkBrowserSessions, ClerkBrowser]


@pytest.fixture(params=["development", "live"])
def at_clerk(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Clerk]:
    """The adapter for Clerk, at the sandbox: both kinds of instances."""
    live = request.param == "live"
    handshake = ClerkHandshake(identity_of(sandbox), development=not live)
    script = script_of(sandbox.clerk_publishable_key, sandbox.clerk_url)
    sessions = ClerkBrowserSessions(handshake, script, f"{sandbox.clerk_url}/sign-in")
    world = ClerkBrowser(sandbox, live)
    yield sessions, world
    world.http.close()


class TestClerkBrowserSessions(BrowserSessionsContract):
    @pytest.fixture
    def make(self, at_clerk: Clerk) -> Clerk:
        """The adapter for Clerk, at the sandbox."""
        return at_clerk


class TestClerkHandshake(SessionRenewalContract):
    @pytest.fixture
    def make(self, at_clerk: Clerk) -> Clerk:
        """The adapter for Clerk, at the sandbox."""
        return at_clerk
