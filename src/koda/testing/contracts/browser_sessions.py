"""What every adapter of `BrowserSessions` does."""

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from koda.ports.browser_sessions import (
    BrowserRequest,
    BrowserSessions,
    RenewalAnswer,
    RenewedSession,
    SessionRenewal,
)
from koda.ports.identity import Identity

_SITE = "https://koda.example"
"""The site, where an adapter must be told it."""
BACK = f"{_SITE}/library?cursor=a%26b&q=x"
_STATE = "state-1_x"
_NEIGHBOURS = {"koda": "basket", "theme": "dark"}
"""Cookies of the site that are nothing to a session."""


class BrowserSessionsWorld(Protocol):
    """The identity provider, and somebody with a browser."""

    @property
    def identity(self) -> Identity:
        """The port beside it, which judges what browsers bring."""

    def sign_in(self) -> tuple[UserId, str]:
        """Somebody signs in: who, and the token of their session."""


class SessionRenewalWorld(BrowserSessionsWorld, Protocol):
    """The same, where sessions are renewed."""

    def enter(self) -> UserId:
        """Somebody signs in at the provider with the browser: who."""

    def leave(self) -> None:
        """They sign out there."""

    def follow(self, address: str) -> BrowserRequest | None:
        """Send the browser to `address`: what it brings when the provider has sent it back.

        `None` where the provider keeps it, until somebody signs in there.
        """

    def asking(self) -> BrowserRequest | None:
        """What a browser brings that the provider asks for; `None` if it asks for none."""


class BrowserSessionsContract:
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def sessions(self, make: tuple[BrowserSessions, BrowserSessionsWorld]) -> BrowserSessions:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[BrowserSessions, BrowserSessionsWorld]) -> BrowserSessionsWorld:
        """The world around it."""
        return make[1]

    def test_browser_without_a_session_brings_nothing(self, sessions: BrowserSessions) -> None:
        """Whatever other cookies it has."""
        assert sessions.credentials({}) == Credentials()
        assert sessions.credentials(_NEIGHBOURS) == Credentials()

    def test_session_that_begins_is_brought_from_then_on(
        self, sessions: BrowserSessions, world: BrowserSessionsWorld
    ) -> None:
        """What the cookies tell is who signed in; only cookies are looked at."""
        user_id, token = world.sign_in()
        credentials = sessions.credentials(_changed(_NEIGHBOURS, sessions.begin(token)))

        assert credentials.authorization is None
        assert world.identity.authenticate(credentials).user_id == user_id

    def test_session_that_begins_leaves_nothing_of_the_one_before(
        self, sessions: BrowserSessions, world: BrowserSessionsWorld
    ) -> None:
        """Another person signs in with the same browser."""
        before = _changed({}, sessions.begin(world.sign_in()[1]))
        user_id, token = world.sign_in()
        credentials = sessions.credentials(_changed(before, sessions.begin(token)))

        assert credentials.signed_in_at is None
        assert world.identity.authenticate(credentials).user_id == user_id

    def test_session_that_ends_is_brought_no_more(
        self, sessions: BrowserSessions, world: BrowserSessionsWorld
    ) -> None:
        """No other cookie of the site goes with it."""
        cookies = _changed(_NEIGHBOURS, sessions.begin(world.sign_in()[1]))
        left = _changed(cookies, sessions.end())

        assert not sessions.credentials(left).cookie
        assert left.items() >= _NEIGHBOURS.items()

    @pytest.mark.parametrize("value", ["", "x", "-1", "1e9", "٣", "9" * 40, "é;", "\ud800"])
    def test_cookies_may_hold_anything(self, sessions: BrowserSessions, value: str) -> None:
        """They come from outside, and are judged by `Identity` alone."""
        names = sessions.begin("token")
        credentials = sessions.credentials(dict.fromkeys(names, value))

        assert credentials.cookie in {value, None}

    def test_sign_in_page_leads_back(self, sessions: BrowserSessions) -> None:
        """The address to come back to is a value of its query, whatever it holds."""
        address = sessions.sign_in_url(BACK)

        assert not address or BACK in dict(parse_qsl(urlsplit(address).query)).values()
        assert not address or quote(BACK, safe="") in address

    def test_script_is_served_by_the_site(self, sessions: BrowserSessions) -> None:
        """It is no empty file, and its data are names and values of attributes."""
        script = sessions.script

        assert script is None or script.source.decode().strip()
        assert script is None or all(name == name.lower() for name in script.data)


class SessionRenewalContract:
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def sessions(self, make: tuple[BrowserSessions, SessionRenewalWorld]) -> BrowserSessions:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def renewal(self, sessions: BrowserSessions) -> SessionRenewal:
        """What renews its sessions."""
        assert sessions.renewal is not None
        return sessions.renewal

    @pytest.fixture
    def world(self, make: tuple[BrowserSessions, SessionRenewalWorld]) -> SessionRenewalWorld:
        """The world around it."""
        return make[1]

    def test_browser_is_sent_to_the_origin_that_is_named(self, renewal: SessionRenewal) -> None:
        """A form's page lets it lead there; the way back goes along."""
        parts = urlsplit(renewal.address(BrowserRequest(_NEIGHBOURS), BACK, _STATE))

        assert f"{parts.scheme}://{parts.netloc}" == renewal.origin
        assert any(value.startswith(BACK) for _, value in parse_qsl(parts.query))

    def test_browser_that_was_not_sent_brings_no_answer(self, renewal: SessionRenewal) -> None:
        """Nor does the provider ask for it."""
        request = BrowserRequest(_NEIGHBOURS, {"cursor": "a&b"})

        assert renewal.answer(request) is None
        assert not renewal.is_due(request)

    def test_provider_may_ask_for_a_browser(
        self, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """By what is put into the address alone, and goes out of it again."""
        asking = world.asking()

        assert asking is None or renewal.is_due(asking)
        assert asking is None or asking.arguments.keys() <= renewal.parameters

    def test_who_is_signed_in_there_has_a_session_here(
        self, sessions: BrowserSessions, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """What an answer tells, its cookies then bring; the note says so, if there is one."""
        user_id = world.enter()
        renewed = renewal.read(self.brought(renewal, world))
        later = sessions.credentials(_received({}, renewed))

        assert world.identity.authenticate(renewed.credentials).user_id == user_id
        assert later == renewed.credentials
        assert later.signed_in_at != 0

    def test_who_signed_out_there_has_none_here(
        self, sessions: BrowserSessions, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """An answer takes away the session of before; the note says so, if there is one."""
        world.enter()
        before = _received({}, renewal.read(self.brought(renewal, world)))
        world.leave()
        request = world.follow(renewal.address(BrowserRequest(before), BACK, _STATE))
        if request is None:
            pytest.skip("the provider keeps the browser until somebody signs in")
        answer = renewal.answer(request)
        assert answer is not None
        renewed = renewal.read(answer)
        later = sessions.credentials(_received(before, renewed))

        assert not renewed.credentials.cookie
        assert not later.cookie
        assert not later.signed_in_at
        assert later.signed_in_at == renewed.credentials.signed_in_at

    def test_answer_in_the_address_brings_the_state(
        self, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """By it the site knows that it sent this browser; and all that came is to be taken out."""
        world.enter()
        request = self.returned(renewal, world)
        answer = renewal.answer(request)

        assert answer is not None
        assert answer.state in {_STATE, None}
        own = dict(parse_qsl(urlsplit(BACK).query))
        assert request.arguments.keys() - own.keys() <= renewal.parameters
        assert not own.keys() & renewal.parameters

    def test_answer_that_the_provider_did_not_give_is_refused(
        self, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """Made up, or changed by a character."""
        world.enter()
        text = self.brought(renewal, world).text
        wrong = [f"{text[:-9]}{'A' if text[-9] != 'A' else 'B'}{text[-8:]}", text[:-1], text + "A"]

        for made_up in (*wrong, "", "x", "a.b.c", "é", "\ud800", "A" * 100_000):
            with pytest.raises(NotAuthenticated):
                renewal.read(RenewalAnswer(made_up, _STATE))

    def test_cookies_of_an_answer_are_whole_headers(
        self, renewal: SessionRenewal, world: SessionRenewalWorld
    ) -> None:
        """For every page of the site, and each one line."""
        world.enter()
        renewed = renewal.read(self.brought(renewal, world))

        assert renewed.cookies
        for cookie in renewed.cookies:
            assert "Path=/" in cookie.split("; ")
            assert cookie.isprintable()

    def returned(self, renewal: SessionRenewal, world: SessionRenewalWorld) -> BrowserRequest:
        """What the browser brings when it was sent to the provider and is back."""
        request = world.follow(renewal.address(BrowserRequest(_NEIGHBOURS), BACK, _STATE))
        assert request is not None
        return request

    def brought(self, renewal: SessionRenewal, world: SessionRenewalWorld) -> RenewalAnswer:
        """The answer in that."""
        answer = renewal.answer(self.returned(renewal, world))
        assert answer is not None
        return answer


def _changed(cookies: dict[str, str], by: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a browser after the site has set some; the empty ones are deleted."""
    return {name: value for name, value in {**cookies, **by}.items() if value}


def _received(cookies: dict[str, str], renewed: RenewedSession) -> dict[str, str]:
    """The cookies of a browser after an answer has set its own."""
    told = {
        morsel.key: morsel.value
        for header in renewed.cookies
        for morsel in SimpleCookie(header).values()
    }
    return _changed(cookies, told)
