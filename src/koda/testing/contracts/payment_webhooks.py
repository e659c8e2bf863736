"""What every adapter of `PaymentWebhooks` does."""

from typing import Protocol

import pytest

from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, PaymentId
from koda.domain.model.payments import AccountChanged, ChargeChanged, CheckoutChanged, Unhandled
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.testing.contracts.signed_messages import Message, SignedMessagesContract, SignedWorld

__all__ = ["Message", "PaymentWebhooksContract", "PaymentWebhooksWorld"]


class PaymentWebhooksWorld(SignedWorld, Protocol):
    """The payment provider, which sends messages, and others, who pretend to."""

    def session_message(self) -> tuple[CheckoutSessionId, Message]:
        """A checkout session that was paid, and the message that says so."""

    def charge_message(self) -> tuple[PaymentId, Message]:
        """A charge of which something went back, and the message that says so."""

    def account_message(self) -> tuple[AccountId, Message]:
        """An account that changed, and the message that says so."""

    def other_message(self) -> Message:
        """A message about something that Koda does not follow."""


class PaymentWebhooksContract(SignedMessagesContract):
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def webhooks(self, make: tuple[PaymentWebhooks, PaymentWebhooksWorld]) -> PaymentWebhooks:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[PaymentWebhooks, PaymentWebhooksWorld]) -> PaymentWebhooksWorld:
        """The world around it."""
        return make[1]

    def test_message_about_a_session_names_it(
        self, webhooks: PaymentWebhooks, world: PaymentWebhooksWorld
    ) -> None:
        """A paid session is told of as a changed checkout, and twice under the same id."""
        session_id, message = world.session_message()
        event = webhooks.verify(*message)

        assert isinstance(event, CheckoutChanged)
        assert event.session_id == session_id
        assert event == webhooks.verify(*message)

    def test_message_about_a_charge_names_it(
        self, webhooks: PaymentWebhooks, world: PaymentWebhooksWorld
    ) -> None:
        """Whatever happened to it, it is told of as changed."""
        payment_id, message = world.charge_message()
        event = webhooks.verify(*message)

        assert isinstance(event, ChargeChanged)
        assert event.payment_id == payment_id

    def test_message_about_an_account_names_it(
        self, webhooks: PaymentWebhooks, world: PaymentWebhooksWorld
    ) -> None:
        """A changed account is told of as such."""
        account_id, message = world.account_message()
        event = webhooks.verify(*message)

        assert isinstance(event, AccountChanged)
        assert event.account_id == account_id

    def test_payload_is_read_without_its_signature(
        self, webhooks: PaymentWebhooks, world: PaymentWebhooksWorld
    ) -> None:
        """As the same message, whatever it is about."""
        messages = (world.session_message()[1], world.account_message()[1], world.other_message())
        for payload, headers in messages:
            assert webhooks.read(payload) == webhooks.verify(payload, headers)

    @pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{}", b"no JSON", b"\xff\xfe"])
    def test_payload_that_is_no_message_is_not_read(
        self, webhooks: PaymentWebhooks, payload: bytes
    ) -> None:
        """As little as one with a signature."""
        with pytest.raises(Unverified):
            webhooks.read(payload)

    def test_other_message_is_unhandled(
        self, webhooks: PaymentWebhooks, world: PaymentWebhooksWorld
    ) -> None:
        """What Koda does not follow is accepted all the same."""
        assert isinstance(webhooks.verify(*world.other_message()), Unhandled)
