from typing import Any

import pytest
from attrs import evolve

from koda.adapters.clerk.browser_sessions import ClerkBrowserSessions
from koda.adapters.clerk.handshake import ClerkHandshake
from koda.entrypoints.backends.clerk import ClerkRoom, ClerkSettings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from tests.unit.entrypoints.keys import PUBLIC_PEM
from tests.unit.entrypoints.settings.test_settings import COMPLETE, LIVE_KEY, SANDBOXED, TEST_KEY


def room_of(settings: Settings, **clerk: Any) -> ClerkRoom:
    """The room of a marketplace with settings of Clerk's changed."""
    told = evolve(settings.of(ClerkSettings), public_key=PUBLIC_PEM, **clerk)
    return make_container(settings.having(told)).rooms().of(ClerkRoom)


def test_site_is_the_party_that_sessions_must_name() -> None:
    """Unless others are told, only sign-ins of the site's own origin are taken."""
    others = ("https://other.example",)

    assert room_of(COMPLETE).tokens.authorized_parties == ("https://koda.example",)
    assert room_of(COMPLETE, authorized_parties=others).tokens.authorized_parties == others
    assert room_of(COMPLETE).tokens.party_required
    assert not room_of(SANDBOXED).tokens.party_required


@pytest.mark.parametrize(
    ("settings", "clerk", "renews", "loads"),
    [
        (COMPLETE, {}, True, False),
        (COMPLETE, {"publishable_key": LIVE_KEY}, True, True),
        (SANDBOXED, {}, False, False),
        (SANDBOXED, {"publishable_key": TEST_KEY}, True, True),
    ],
)
def test_sessions_are_as_the_settings_set_them_up(
    settings: Settings, clerk: dict[str, Any], *, renews: bool, loads: bool
) -> None:
    """A sandbox without a publishable key gives tokens that last; without one is no script."""
    sessions = room_of(settings, **clerk).sessions()

    assert (sessions.renewal is not None, sessions.script is not None) == (renews, loads)
    assert sessions.sign_in_page == settings.of(ClerkSettings).sign_in_url


@pytest.mark.parametrize(
    ("clerk", "development"),
    [
        ({"publishable_key": LIVE_KEY}, False),
        ({"publishable_key": TEST_KEY}, True),
        ({"issuer": "https://happy-cat-1.clerk.accounts.dev"}, True),
        ({"issuer": "https://clerk.koda.example"}, False),
    ],
)
def test_instance_for_development_is_told_by_its_key_or_else_its_host(
    clerk: dict[str, Any], *, development: bool
) -> None:
    """It alone answers in addresses."""
    handshake = room_of(COMPLETE, **clerk).sessions().renewal

    assert isinstance(handshake, ClerkHandshake)
    assert handshake.development is development


def test_sessions_are_ended_at_clerk_with_a_key_alone() -> None:
    """Without one, nothing there is asked."""
    sessions: ClerkBrowserSessions = room_of(COMPLETE).sessions()

    assert sessions.backend is None
    assert room_of(SANDBOXED).sessions().backend is not None
