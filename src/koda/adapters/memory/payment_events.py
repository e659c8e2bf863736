"""Messages of the provider in memory."""

import hmac
import json
import re
from collections.abc import Mapping

from attrs import frozen

from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_messages import SIGNATURE, mark_of
from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import AccountId, EventId, SessionId
from koda.domain.model.payments import AccountChanged, CheckoutChanged, PaymentEvent, Unhandled
from koda.ports.payment_events import PaymentEvents

TOLERANCE_SECONDS = 300


@frozen
class MemoryPaymentEvents(PaymentEvents):
    """Checks and reads what `MemoryProvider.event_of` and `account_event` sign."""

    provider: MemoryProvider

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        sent = {name.lower(): value for name, value in headers.items()}
        self._check(payload, sent.get(SIGNATURE.lower(), ""))
        try:
            body = json.loads(payload)
            event_id, name = EventId(body["id"]), str(body["name"])
            match body["kind"]:
                case "session":
                    return CheckoutChanged(event_id, name, SessionId(body["subject"]))
                case "account":
                    return AccountChanged(event_id, name, AccountId(body["subject"]))
                case _:
                    return Unhandled(event_id, name)
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Unverified("it is signed but is no message") from problem

    def _check(self, payload: bytes, signature: str) -> None:
        match = re.fullmatch(r"([0-9]{1,12}):([0-9a-f]{64})", signature)
        if match is None:
            raise Unverified("the signature is missing or cannot be read")
        seconds = int(match[1])
        if not hmac.compare_digest(mark_of(payload, self.provider.secret, seconds), match[2]):
            raise Unverified("the signature is wrong")
        if abs(self.provider.clock().timestamp() - seconds) > TOLERANCE_SECONDS:
            raise Unverified("it was signed too long ago, or in the future")
