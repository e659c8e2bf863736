"""Messages of the provider in memory."""

import json
from collections.abc import Mapping

from attrs import frozen

from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_messages import check_message
from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    EventId,
    FraudWarningId,
    PaymentId,
)
from koda.domain.model.payments import (
    AccountChanged,
    ChargeChanged,
    CheckoutChanged,
    FraudWarned,
    PaymentEvent,
    Unhandled,
)
from koda.ports.payment_webhooks import PaymentWebhooks


@frozen
class MemoryPaymentWebhooks(PaymentWebhooks):
    """Checks and reads what `MemoryProvider` signs."""

    provider: MemoryProvider

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        check_message(payload, headers, self.provider.secret, self.provider.clock())
        return self.read(payload)

    def read(self, payload: bytes) -> PaymentEvent:
        try:
            body = json.loads(payload)
            event_id, name = EventId(body["id"]), str(body["name"])
            match body["kind"]:
                case "session":
                    return CheckoutChanged(event_id, name, CheckoutSessionId(body["subject"]))
                case "charge":
                    return ChargeChanged(event_id, name, PaymentId(body["subject"]))
                case "account":
                    return AccountChanged(event_id, name, AccountId(body["subject"]))
                case "warning":
                    return FraudWarned(event_id, name, FraudWarningId(body["subject"]))
                case _:
                    return Unhandled(event_id, name)
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Unverified("it is signed but is no message") from problem
