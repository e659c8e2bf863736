"""What every adapter of `Identity` does."""

from typing import Protocol

import pytest

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from koda.domain.model.roles import Role
from koda.ports.identity import Identity


class IdentityWorld(Protocol):
    """The place where people sign in."""

    def sign_in(self) -> tuple[UserId, str]:
        """Somebody signs in: who, and the token of their session."""

    def sign_in_admin(self) -> tuple[UserId, str]:
        """An administrator signs in: who, and the token of their session."""

    def impersonate_admin(self) -> tuple[UserId, str, str]:
        """Somebody acts in an administrator's name: in whose, who, and the session's token."""

    def void_token(self) -> str:
        """A token that looks right and does not hold (any more)."""


class IdentityContract:
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def identity(self, make: tuple[Identity, IdentityWorld]) -> Identity:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[Identity, IdentityWorld]) -> IdentityWorld:
        """The world around it."""
        return make[1]

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_bearer_token_is_who_signed_in(
        self, identity: Identity, world: IdentityWorld, scheme: str
    ) -> None:
        """A token in the header tells its user, however the scheme is written."""
        user_id, token = world.sign_in()
        principal = identity.authenticate(Credentials(f"{scheme} {token}"))

        assert (user_id, frozenset(), None) == (
            principal.user_id,
            principal.roles,
            principal.impersonator,
        )

    def test_cookie_is_who_signed_in(self, identity: Identity, world: IdentityWorld) -> None:
        """A token in the cookie tells the same as in the header."""
        user_id, token = world.sign_in()
        principal = identity.authenticate(Credentials(cookie=token))

        assert user_id == principal.user_id
        assert principal == identity.authenticate(Credentials(f"Bearer {token}"))

    def test_each_sign_in_is_a_session_of_its_own(
        self, identity: Identity, world: IdentityWorld
    ) -> None:
        """Two devices are two sessions."""
        sessions = {
            identity.authenticate(Credentials(cookie=world.sign_in()[1])).session_id
            for _ in range(2)
        }

        assert len(sessions) == 2

    def test_administrator_is_known(self, identity: Identity, world: IdentityWorld) -> None:
        """Who administers is told with who it is."""
        user_id, token = world.sign_in_admin()
        principal = identity.authenticate(Credentials(f"Bearer {token}"))

        assert (user_id, frozenset({Role.ADMIN})) == (principal.user_id, principal.roles)

    def test_who_acts_in_an_administrators_name_is_told_and_administers_nothing(
        self, identity: Identity, world: IdentityWorld
    ) -> None:
        """An impersonated session is its user's, but for what only they may do."""
        user_id, impersonator, token = world.impersonate_admin()
        principal = identity.authenticate(Credentials(f"Bearer {token}"))

        assert (user_id, frozenset(), impersonator) == (
            principal.user_id,
            principal.roles,
            principal.impersonator,
        )

    def test_header_is_read_before_the_cookie(
        self, identity: Identity, world: IdentityWorld
    ) -> None:
        """A caller who names themselves in the header is that, or nobody."""
        (first, header), (_, cookie) = world.sign_in(), world.sign_in_admin()

        assert first == identity.authenticate(Credentials(f"Bearer {header}", cookie)).user_id
        with pytest.raises(NotAuthenticated):
            identity.authenticate(Credentials(f"Bearer {world.void_token()}", cookie))

    @pytest.mark.parametrize("header", ["Basic YTpi", "Negotiate", "", "Digest a=b"])
    def test_header_of_another_scheme_leaves_the_cookie(
        self, identity: Identity, world: IdentityWorld, header: str
    ) -> None:
        """A proxy's own password is nothing to Koda."""
        user_id, cookie = world.sign_in()

        assert user_id == identity.authenticate(Credentials(header, cookie)).user_id

    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi"])
    def test_nothing_is_nobody(self, identity: Identity, header: str | None) -> None:
        """Without a token nobody is signed in."""
        with pytest.raises(NotAuthenticated):
            identity.authenticate(Credentials(header))

    @pytest.mark.parametrize(
        "token",
        [
            "x",
            "a.b.c",
            "..",
            "é.é.é",
            "\ud800.a.b",
            "ak_123",
            "mt_123",
            "null",
            "{}",
            "a" * 200_000,
        ],
        ids=lambda token: ascii(token[:9]),
    )
    def test_garbage_is_nobody(self, identity: Identity, token: str) -> None:
        """What is no token is refused, in the header as in the cookie."""
        for credentials in (Credentials(f"Bearer {token}"), Credentials(cookie=token)):
            with pytest.raises(NotAuthenticated):
                identity.authenticate(credentials)

    def test_token_that_does_not_hold_is_nobody(
        self, identity: Identity, world: IdentityWorld
    ) -> None:
        """A session that is over, or never was, tells nobody."""
        with pytest.raises(NotAuthenticated):
            identity.authenticate(Credentials(cookie=world.void_token()))

    def test_session_is_over_once_nobody_is_signed_in(
        self, identity: Identity, world: IdentityWorld
    ) -> None:
        """The provider's note beside the cookie ends a session whose token would still hold."""
        user_id, cookie = world.sign_in()

        assert user_id == identity.authenticate(Credentials(cookie=cookie)).user_id
        with pytest.raises(NotAuthenticated):
            identity.authenticate(Credentials(cookie=cookie, signed_in_at=0))
