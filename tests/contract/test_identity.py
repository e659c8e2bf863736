from collections.abc import Iterator
from itertools import count

import pytest
from attrs import field, frozen

from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.keys import FixedKey
from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.identifiers import UserId
from koda.ports.identity import Identity
from koda.sandbox import Sandbox
from koda.testing.contracts.identity import IdentityContract, IdentityWorld
from tests.contract.stripe_world import SITE, StripeWorld

ADMIN = UserId("user_2SandboxInesAdmin")
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
        return ADMIN, self.identity.sign_in(ADMIN, admin=True)

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

    def void_token(self) -> str:
        """A session that is over."""
        return self.sandbox.sign_in(ADMIN, -10, origin=SITE)


class TestClerkIdentity(IdentityContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> tuple[Identity, IdentityWorld]:
        """The adapter for Clerk, at the sandbox."""
        identity = ClerkIdentity(
            issuer=sandbox.clerk_url,
            keys=FixedKey.from_pem(sandbox.clerk.public_key()),
            authorized_parties=frozenset({SITE}),
            admins=frozenset({ADMIN}),
            clock=StripeWorld(sandbox).now,
        )
        return identity, ClerkWorld(sandbox)
