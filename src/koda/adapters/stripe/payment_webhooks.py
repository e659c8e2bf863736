"""Stripe's messages."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import Attribute, field, frozen

from koda.adapters.stripe.charges import CHARGE
from koda.adapters.stripe.fraud_warnings import WARNING
from koda.adapters.stripe.keys import matches
from koda.adapters.stripe.signatures import check_signature
from koda.domain.model.errors import InvalidValue, Unverified
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
    Followed,
    FraudWarned,
    PaymentEvent,
    Unhandled,
)
from koda.domain.model.sentences import verbatim
from koda.ports.clock import Clock
from koda.ports.payment_webhooks import PaymentWebhooks

LARGEST = 256 * 1024
"""Bytes of the largest message that is looked at."""
LONGEST_NAME = 100
_NO_MESSAGE = (InvalidValue, KeyError, TypeError, AttributeError)
"""What reading raises of JSON that is no event."""

SESSION_EVENTS = frozenset(
    {
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
    }
)
_CHARGE_OF: Mapping[str, str] = {
    **dict.fromkeys(("charge.refunded", "charge.updated"), "id"),
    **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), "charge"),
    **dict.fromkeys(
        (
            "charge.dispute.closed",
            "charge.dispute.created",
            "charge.dispute.funds_reinstated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
        ),
        "charge",
    ),
}
"""Where an event's object has the id of the charge that it is about."""
CHARGE_EVENTS = frozenset(_CHARGE_OF)
"""The types of events about the platform's charges that are followed."""
WARNING_EVENTS = frozenset({"radar.early_fraud_warning.created"})
"""The types of events about early fraud warnings that are followed."""
_ACCOUNT_OF: Mapping[str, Callable[[Any], Any]] = {
    "account.updated": lambda event: event["data"]["object"]["id"],
    "capability.updated": lambda event: event["data"]["object"]["account"],
    # Its object is the application that lost access.
    "account.application.deauthorized": lambda event: event["account"],
}
ACCOUNT_EVENTS = frozenset(_ACCOUNT_OF)
"""The types of events about sellers' accounts that are followed."""


def _secrets(_: object, attribute: "Attribute[Any]", value: tuple[str, ...]) -> None:
    if not all(secret.strip() for secret in value):
        raise InvalidValue(
            attribute.name, verbatim("an empty secret would let anybody sign; leave it out")
        )


@frozen
class StripePaymentWebhooks(PaymentWebhooks):
    """Checks Stripe's signature and reads only what Koda follows.

    Args:
        secrets: of the endpoint, all that may sign while one is being rolled; with none, every
            message is refused.
        clock: judges the time of signing.
        live: whether live money moves; messages of the other mode are `Unhandled`, since
            endpoints for connected accounts get both.
        connect: `True` for an endpoint of connected accounts' messages, `False` for one of the
            platform's own, which refuse each other's; `None` takes both.
    """

    secrets: tuple[str, ...] = field(validator=_secrets)
    clock: Clock
    live: bool = False
    connect: bool | None = None

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        if len(payload) > LARGEST:
            raise Unverified("it is too large")
        header = _header(headers.items())
        check_signature(payload, header, self.secrets, self.clock().timestamp())
        event = _decode(payload)
        try:
            self._check_endpoint(event)
            return self._read(event)
        except _NO_MESSAGE as problem:
            raise Unverified("it is signed but is no message") from problem

    def read(self, payload: bytes) -> PaymentEvent:
        try:
            return self._read(_decode(payload))
        except _NO_MESSAGE as problem:
            raise Unverified("it is no message") from problem

    def _check_endpoint(self, event: Any) -> None:
        if self.connect is not None and self.connect is not bool(event.get("account")):
            raise Unverified("it belongs to another endpoint")

    def _read(self, event: Any) -> PaymentEvent:
        event_id, name = EventId(event["id"]), event["type"]
        if not isinstance(name, str) or len(name) > LONGEST_NAME:
            raise InvalidValue("type", verbatim("must be a short text"))
        followed = event["livemode"] is self.live and _followed(event_id, name, event)
        return followed or Unhandled(event_id, name)


def _followed(event_id: EventId, name: str, event: Any) -> Followed | None:
    """An event that Koda follows; nothing of others."""
    if name in SESSION_EVENTS:
        session_id = _id("cs", event["data"]["object"]["id"])
        return CheckoutChanged(event_id, name, CheckoutSessionId(session_id))
    if name in _CHARGE_OF and not event.get("account"):
        charge_id = event["data"]["object"][_CHARGE_OF[name]]
        # What a refund gives back may be another thing than a charge.
        if charge_id is None:
            return None
        return ChargeChanged(event_id, name, PaymentId(_id(CHARGE, charge_id)))
    if name in WARNING_EVENTS and not event.get("account"):
        warning_id = _id(WARNING, event["data"]["object"]["id"])
        return FraudWarned(event_id, name, FraudWarningId(warning_id))
    if name in _ACCOUNT_OF:
        account_id = _id("acct", _ACCOUNT_OF[name](event))
        return AccountChanged(event_id, name, AccountId(account_id))
    return None


def _header(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "stripe-signature"), "")


def _decode(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise Unverified("it is signed but is not JSON") from problem


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _id(prefix: str, value: Any) -> str:
    if not matches(prefix, value):
        raise InvalidValue("id", verbatim(f"must begin with {prefix}_"))
    return str(value)
