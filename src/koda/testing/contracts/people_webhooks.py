"""What every adapter of `PeopleWebhooks` does."""

from typing import Protocol

import pytest

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonChanged, PersonRemoved, Unfollowed
from koda.ports.people_webhooks import PeopleWebhooks
from koda.testing.contracts.signed_messages import Message, SignedMessagesContract, SignedWorld

__all__ = ["Message", "PeopleWebhooksContract", "PeopleWebhooksWorld"]


class PeopleWebhooksWorld(SignedWorld, Protocol):
    """The identity provider, which sends messages, and others, who pretend to."""

    def sign_up(self) -> tuple[Person, Message]:
        """A new user, and the message about them."""

    def rename(self, user_id: UserId, name: str) -> Message:
        """Give a user another name; the message about it."""

    def delete(self, user_id: UserId) -> Message:
        """Delete a user; the message about it."""

    def other_message(self) -> Message:
        """A message about something that Koda does not follow."""


class PeopleWebhooksContract(SignedMessagesContract):
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def webhooks(self, make: tuple[PeopleWebhooks, PeopleWebhooksWorld]) -> PeopleWebhooks:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[PeopleWebhooks, PeopleWebhooksWorld]) -> PeopleWebhooksWorld:
        """The world around it."""
        return make[1]

    def test_message_about_a_new_user_tells_who_it_is(
        self, webhooks: PeopleWebhooks, world: PeopleWebhooksWorld
    ) -> None:
        """With name, addresses and time, and twice the same."""
        person, message = world.sign_up()

        assert webhooks.verify(*message) == PersonChanged(person)
        assert webhooks.verify(*message) == PersonChanged(person)

    def test_message_about_a_changed_user_is_newer(
        self, webhooks: PeopleWebhooks, world: PeopleWebhooksWorld
    ) -> None:
        """However soon the change follows, so that the last one can be told."""
        person, _ = world.sign_up()
        changed = [webhooks.verify(*world.rename(person.id, name)) for name in ("Zoë", "Žofie")]

        timestamps = [person.updated_at]
        for name, event in zip(("Zoë", "Žofie"), changed, strict=True):
            assert isinstance(event, PersonChanged)
            assert (event.person.id, event.person.name) == (person.id, name)
            timestamps.append(event.person.updated_at)
        assert timestamps == sorted(set(timestamps))

    def test_message_about_a_deleted_user_is_newer_than_the_last_change(
        self, webhooks: PeopleWebhooks, world: PeopleWebhooksWorld
    ) -> None:
        """However soon the end follows, so that no change brings the user back."""
        person, _ = world.sign_up()
        changed = webhooks.verify(*world.rename(person.id, "Zoë"))
        event = webhooks.verify(*world.delete(person.id))

        assert isinstance(changed, PersonChanged)
        assert isinstance(event, PersonRemoved)
        assert event.user_id == person.id
        assert event.at > changed.person.updated_at

    def test_other_message_is_unfollowed(
        self, webhooks: PeopleWebhooks, world: PeopleWebhooksWorld
    ) -> None:
        """What Koda does not follow is accepted all the same."""
        assert isinstance(webhooks.verify(*world.other_message()), Unfollowed)
