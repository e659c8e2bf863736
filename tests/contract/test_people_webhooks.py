from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from attrs import evolve, field, frozen

from koda.adapters.clerk.people_webhooks import ClerkPeopleWebhooks
from koda.adapters.clerk.users import person_of
from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks
from koda.adapters.memory.provider_messages import sign_message, sign_payload
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person
from koda.ports.people_webhooks import PeopleWebhooks
from koda.testing.contracts.people_webhooks import (
    Message,
    PeopleWebhooksContract,
    PeopleWebhooksWorld,
)
from koda.testing.examples import NOON, a_person
from paysandbox import Sandbox
from paysandbox.signing import new_svix_secret
from tests.contract.stripe_world import StripeWorld


@frozen
class MemoryWorld:
    """The messages of the provider in memory, which knows one user."""

    webhooks: MemoryPeopleWebhooks
    _changes: Iterator[int] = field(factory=lambda: count(1), init=False)

    def a_message(self) -> Message:
        """One about a new user."""
        return self.sign_up()[1]

    def sign_up(self) -> tuple[Person, Message]:
        """Ada, as ever."""
        return a_person(), self.webhooks.changed(a_person())

    def rename(self, user_id: UserId, name: str) -> Message:
        """A while later."""
        later = NOON + timedelta(minutes=next(self._changes))
        return self.webhooks.changed(evolve(a_person(user_id), name=name, updated_at=later))

    def delete(self, user_id: UserId) -> Message:
        """A while later."""
        return self.webhooks.removed(user_id, NOON + timedelta(minutes=next(self._changes)))

    def other_message(self) -> Message:
        """Something happened that Koda does not follow."""
        return sign_message({"kind": "weather"}, self.webhooks.secret, NOON)

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """The provider signs."""
        moment = NOON + timedelta(seconds=seconds)
        return payload, sign_payload(payload, self.webhooks.secret, moment)

    def forge(self, payload: bytes) -> Message:
        """Somebody else signs."""
        return payload, sign_payload(payload, "somebody else's", NOON)


class TestMemoryPeopleWebhooks(PeopleWebhooksContract):
    @pytest.fixture
    def make(self) -> tuple[PeopleWebhooks, PeopleWebhooksWorld]:
        """The adapter in memory."""
        webhooks = MemoryPeopleWebhooks(lambda: NOON)
        return webhooks, MemoryWorld(webhooks)


@frozen
class SandboxMessages:
    """The messages of the sandbox."""

    sandbox: Sandbox

    def a_message(self) -> Message:
        """One about a new user."""
        return self.sign_up()[1]

    def sign_up(self) -> tuple[Person, Message]:
        """Somebody new."""
        address = f"zoe{len(self.sandbox.objects('clerk_event'))}@example.com"
        user = self.sandbox.add_person(first_name="Zoe", email_address=[address])
        return person_of(user), self._last()

    def rename(self, user_id: UserId, name: str) -> Message:
        """In the same second, as likely as not."""
        self.sandbox.change_person(user_id, first_name=name)
        return self._last()

    def delete(self, user_id: UserId) -> Message:
        """In the same second, as likely as not."""
        self.sandbox.remove_person(user_id)
        return self._last()

    def other_message(self) -> Message:
        """Something happened that Koda does not follow."""
        return self.sign(b'{"type": "session.created", "data": {"id": "sess_1"}}')

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """The provider signs."""
        return payload, self.sandbox.clerk.sign(payload, self.sandbox.clock.now() + seconds)

    def forge(self, payload: bytes) -> Message:
        """Somebody else signs."""
        return payload, self.sandbox.clerk.sign(payload, secret=new_svix_secret())

    def _last(self) -> Message:
        last: dict[str, Any] = self.sandbox.objects("clerk_event")[-1]
        return self.sandbox.webhooks.message(last["id"])


class TestClerkPeopleWebhooks(PeopleWebhooksContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> tuple[PeopleWebhooks, PeopleWebhooksWorld]:
        """The adapter for Clerk, at the sandbox."""
        webhooks = ClerkPeopleWebhooks((sandbox.clerk_webhook_secret,), StripeWorld(sandbox).now)
        return webhooks, SandboxMessages(sandbox)
