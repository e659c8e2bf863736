"""What every adapter of `PaymentEvents` does."""

from typing import Protocol

import pytest

from koda.domain.model.identifiers import AccountId, SessionId
from koda.domain.model.payments import AccountChanged, CheckoutChanged, Unhandled
from koda.ports.payment_events import PaymentEvents
from koda.testing.contracts.signed_messages import Message, SignedMessagesContract, SignedWorld

__all__ = ["Message", "PaymentEventsContract", "PaymentEventsWorld"]


class PaymentEventsWorld(SignedWorld, Protocol):
    """The payment provider, which sends messages, and others, who pretend to."""

    def session_message(self) -> tuple[SessionId, Message]:
        """A checkout session that was paid, and the message that says so."""

    def account_message(self) -> tuple[AccountId, Message]:
        """An account that changed, and the message that says so."""

    def other_message(self) -> Message:
        """A message about something that Koda does not follow."""


class PaymentEventsContract(SignedMessagesContract):
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def events(self, make: tuple[PaymentEvents, PaymentEventsWorld]) -> PaymentEvents:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[PaymentEvents, PaymentEventsWorld]) -> PaymentEventsWorld:
        """The world around it."""
        return make[1]

    def test_message_about_a_session_names_it(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """A paid session is told of as a changed checkout, and twice under the same id."""
        session_id, message = world.session_message()
        event = events.verify(*message)

        assert isinstance(event, CheckoutChanged)
        assert event.session_id == session_id
        assert event == events.verify(*message)

    def test_message_about_an_account_names_it(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """A changed account is told of as such."""
        account_id, message = world.account_message()
        event = events.verify(*message)

        assert isinstance(event, AccountChanged)
        assert event.account_id == account_id

    def test_other_message_is_unhandled(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """What Koda does not follow is accepted all the same."""
        assert isinstance(events.verify(*world.other_message()), Unhandled)
