from collections.abc import Iterator
from itertools import count

import jwt
import pytest
from attrs import field, frozen

from koda.adapters.clerk.backend import ClerkBackend
from koda.adapters.clerk.identity import ClerkIdentity, WatchedIdentity
from koda.adapters.clerk.keys import FixedKey
from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from koda.domain.model.roles import Role
from koda.ports.identity import Identity
from koda.testing.contracts.identity import IdentityContract, IdentityWorld
from paysandbox import Sandbox
from tests.contract.stripe_world import SITE, StripeWorld

ADMIN = UserId("user_2SandboxInesAdmin")
STAFF = "user_staff"
SELLER = UserId("user_2SandboxAdaSeller")


@frozen
class MemoryWorld:
    """Signing in, in memory."""

    identity: MemoryIdentity
    _numbers: Iterator[int] = field(factory=count, init=False)

    def sign_in(self) -> tuple[UserId, str]:
        """A seller signs in."""
        user_id = UserId(f"user_{next(self._numbers)}")
        return user_id, self.identity.sign_in(user_id)

    def sign_in_admin(self) -> tuple[UserId, str]:
        """The administrator signs in."""
        return ADMIN, self.identity.sign_in(ADMIN, roles=[Role.ADMIN])

    def impersonate_admin(self) -> tuple[UserId, str, str]:
        """Somebody of the staff acts in the administrator's name."""
        return ADMIN, STAFF, self.identity.sign_in(ADMIN, roles=[Role.ADMIN], impersonator=STAFF)

    def void_token(self) -> str:
        """A session that is over."""
        token = self.identity.sign_in(ADMIN)
        self.identity.sign_out(token)
        return token


class TestMemoryIdentity(IdentityContract):
    @pytest.fixture
    def make(self) -> tuple[Identity, IdentityWorld]:
        """The adapter in memory."""
        identity = MemoryIdentity()
        return identity, MemoryWorld(identity)


@frozen
class ClerkWorld:
    """Signing in at the sandbox."""

    sandbox: Sandbox

    def sign_in(self) -> tuple[UserId, str]:
        """A seller signs in."""
        return SELLER, self.sandbox.sign_in(SELLER, origin=SITE)

    def sign_in_admin(self) -> tuple[UserId, str]:
        """The administrator signs in."""
        return ADMIN, self.sandbox.sign_in(ADMIN, origin=SITE)

    def impersonate_admin(self) -> tuple[UserId, str, str]:
        """Somebody of the staff acts in the administrator's name."""
        claims = {"act": {"sub": STAFF}}
        return ADMIN, STAFF, self.sandbox.sign_in(ADMIN, origin=SITE, claims=claims)

    def void_token(self) -> str:
        """A session that is over."""
        return self.sandbox.sign_in(ADMIN, -10, origin=SITE)


def identity_of(sandbox: Sandbox) -> ClerkIdentity:
    """The adapter for Clerk, at the sandbox."""
    return ClerkIdentity(
        issuer=sandbox.clerk_url,
        keys=FixedKey.from_pem(sandbox.clerk.public_key()),
        authorized_parties=frozenset({SITE}),
        admins=frozenset({ADMIN}),
        clock=StripeWorld(sandbox).now,
    )


class TestClerkIdentity(IdentityContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> tuple[Identity, IdentityWorld]:
        """The adapter for Clerk, at the sandbox."""
        return identity_of(sandbox), ClerkWorld(sandbox)


@frozen
class WatchedWorld(ClerkWorld):
    """Signing in at the sandbox, where signing out ends a session for good."""

    def void_token(self) -> str:
        """A session that somebody signed out of, whose token has not run out."""
        _, token = self.sign_in()
        backend = backend_of(self.sandbox)
        claims = jwt.decode(token, options={"verify_signature": False})
        backend.sign_out(claims["sid"])
        return token


def backend_of(sandbox: Sandbox) -> ClerkBackend:
    """The sandbox's Backend API."""
    return ClerkBackend(sandbox.clerk_secret_key, sandbox.clerk_url)


class TestWatchedIdentity(TestClerkIdentity):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> tuple[Identity, IdentityWorld]:
        """The adapter for Clerk that asks whether a session goes on."""
        return WatchedIdentity(identity_of(sandbox), backend_of(sandbox)), WatchedWorld(sandbox)

    def test_session_that_never_was_is_over(self, sandbox: Sandbox) -> None:
        """A token that is signed right is not enough."""
        identity = WatchedIdentity(identity_of(sandbox), backend_of(sandbox))
        token = sandbox.clerk.token({"sub": ADMIN, "sid": "sess_none", "azp": SITE})

        with pytest.raises(NotAuthenticated):
            identity.authenticate(Credentials(cookie=token))
