from datetime import timedelta

import pytest
from attrs import frozen

from koda.adapters.memory.payment_webhooks import MemoryPaymentWebhooks
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_messages import sign_message, sign_payload
from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, PaymentId, UserId
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.testing.contracts.payment_webhooks import (
    Message,
    PaymentWebhooksContract,
    PaymentWebhooksWorld,
)
from koda.testing.contracts.payments_case import PaymentsCase
from koda.testing.examples import NOON, an_order
from paysandbox import Sandbox
from tests.contract.stripe_world import StripeWorld, payments_of


@frozen
class MemoryWorld:
    """The messages of the provider in memory."""

    provider: MemoryProvider

    def a_message(self) -> Message:
        """One about a session."""
        return self.session_message()[1]

    def session_message(self) -> tuple[CheckoutSessionId, Message]:
        """Somebody paid a session."""
        self.provider.ready_account(UserId("user_ada"))
        order = an_order()
        session = MemoryPayments(self.provider).open_checkout(order, NOON + timedelta(hours=1))
        self.provider.pay(session.id)
        return session.id, self.provider.event_of(session.id)

    def charge_message(self) -> tuple[PaymentId, Message]:
        """Somebody refunded a payment."""
        session_id, _ = self.session_message()
        self.provider.refund(session_id)
        return self.provider.session(session_id).charge_id, self.provider.charge_event_of(
            session_id
        )

    def account_message(self) -> tuple[AccountId, Message]:
        """Somebody finished onboarding."""
        account_id = self.provider.ready_account(UserId("user_ada"))
        return account_id, self.provider.account_event(account_id)

    def other_message(self) -> Message:
        """Something happened that Koda does not follow."""
        body = {"id": "evt_1", "name": "weather.changed", "kind": "weather", "subject": "rain"}
        return sign_message(body, self.provider.secret, NOON)

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """The provider signs."""
        moment = NOON + timedelta(seconds=seconds)
        return payload, sign_payload(payload, self.provider.secret, moment)

    def forge(self, payload: bytes) -> Message:
        """Somebody else signs."""
        return payload, sign_payload(payload, "somebody else's", NOON)


class TestMemoryPaymentWebhooks(PaymentWebhooksContract):
    @pytest.fixture
    def make(self) -> tuple[PaymentWebhooks, PaymentWebhooksWorld]:
        """The adapter in memory."""
        provider = MemoryProvider(lambda: NOON)
        return MemoryPaymentWebhooks(provider), MemoryWorld(provider)


@frozen
class SandboxMessages:
    """The messages of the sandbox."""

    sandbox: Sandbox

    def a_message(self) -> Message:
        """One about a session."""
        return self.session_message()[1]

    def session_message(self) -> tuple[CheckoutSessionId, Message]:
        """Somebody paid a session."""
        case = PaymentsCase(payments_of(self.sandbox), StripeWorld(self.sandbox))
        paid = case.paid(("ada", 1250))
        return paid.payment.session_id, self._last("checkout.session.completed")

    def charge_message(self) -> tuple[PaymentId, Message]:
        """Somebody disputed a payment."""
        case = PaymentsCase(payments_of(self.sandbox), StripeWorld(self.sandbox))
        paid = case.paid(("ada", 1250))
        case.world.dispute(paid.payment.session_id)
        return paid.payment_id, self._last("charge.dispute.created")

    def account_message(self) -> tuple[AccountId, Message]:
        """Somebody finished onboarding."""
        return StripeWorld(self.sandbox).seller(), self._last("account.updated")

    def other_message(self) -> Message:
        """Something happened that Koda does not follow."""
        case = PaymentsCase(payments_of(self.sandbox), StripeWorld(self.sandbox))
        case.passed_on(case.paid(("ada", 1250), ("cid", 333)))
        return self._last("transfer.created")

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """The provider signs."""
        moment = self.sandbox.clock.now() + seconds
        return payload, self.sandbox.webhooks.sign(payload, moment)

    def forge(self, payload: bytes) -> Message:
        """Somebody else signs."""
        return payload, self.sandbox.webhooks.sign(payload, secret="whsec_somebody_else")

    def _last(self, name: str) -> Message:
        return self.sandbox.webhooks.message(self.sandbox.events(name)[-1]["id"])


class TestStripePaymentWebhooks(PaymentWebhooksContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> tuple[PaymentWebhooks, PaymentWebhooksWorld]:
        """The adapter for Stripe, at the sandbox."""
        secrets = (sandbox.webhook_secret, sandbox.connect_webhook_secret)
        return StripePaymentWebhooks(secrets, StripeWorld(sandbox).now), SandboxMessages(sandbox)
