"""Stripe's errors in Koda's words."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

import stripe
from attrs import define

from koda.domain.model.errors import (
    AccountRefused,
    KodaError,
    NotFound,
    PaymentRefused,
    Refused,
    Unavailable,
)
from koda.domain.model.sentences import Sentence, sentence, translatable

SERVICE = "payment provider"
"""How Stripe is called in errors."""
_SOON, _LATER, _MUCH_LATER = 1, 5, 300
"""Seconds after which to try again: a busy key, an outage, a key that somebody must replace."""
_BUSY = 409
_CANNOT_RECEIVE = frozenset({"insufficient_capabilities_for_transfer", "transfers_not_allowed"})
_MISSING = frozenset({"resource_missing", "account_invalid"})
"""Stripe answers `account_invalid` (403) for an account of somebody else's or of nobody."""

REASONS = {
    "account_country_invalid_address": sentence("the address is not in the account's country"),
    "amount_too_large": sentence("the amount is too large"),
    "amount_too_small": sentence("the amount is too small"),
    "balance_insufficient": sentence("the balance is too low"),
    "charge_already_refunded": sentence("it has been refunded already"),
    "charge_disputed": sentence("the payment is disputed"),
    "country_unsupported": sentence("sellers of this country cannot be paid"),
    "email_invalid": sentence("the e-mail address is none"),
}
"""What Stripe's codes mean (https://docs.stripe.com/error-codes), for those that a person meets."""


_PERMISSION = re.compile(r"'(rak_[a-z_]{1,60})'")
"""How Stripe names what a restricted key lacks: https://github.com/stripe/stripe-node/issues/2246."""


@define(slots=False)
class KeyRefused(Refused):
    """Stripe does not accept the marketplace's API key, or not for this.

    A message that needs the provider is sent again until the key has been replaced. `permission`
    is what a restricted key lacks, in Stripe's own words, if Stripe names it.
    """

    code: ClassVar[str] = "payment_key_refused"
    service: str = SERVICE
    retry_after: int = _MUCH_LATER
    template: ClassVar[str] = translatable(
        "The payment provider refuses the marketplace's API key, which lacks {permission}; "
        "its operator must check it."
    )
    templates: ClassVar[Mapping[str, str]] = {
        "": translatable(
            "The payment provider refuses the marketplace's API key; its operator must check it."
        )
    }
    permission: str = ""

    @property
    def about(self) -> str:
        return self.permission


@define(slots=False)
class KeyReused(PaymentRefused):
    """Something else was asked under this idempotency key within a day."""

    reason: Sentence = sentence("something else was asked under the same key")


@contextmanager
def translated(missing: NotFound | None = None) -> Iterator[None]:
    """Raise Koda's errors for those of the calls inside; `missing` where there is no such thing.

    Besides Stripe's own errors this takes in what the library itself trips over: an answer such as
    `{"error": "x"}`, which is JSON and none of Stripe's.

    Raises:
        Unavailable: no answer, no sense in it, or a request to come later.
        KeyRefused: the API key is wrong or may not do this.
        PaymentRefused: Stripe understood and will not.
        NotFound: `missing`, if given.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise translate(error, missing) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable(SERVICE, _LATER) from error


def translate(error: stripe.StripeError, missing: NotFound | None = None) -> KodaError:
    """Koda's error for one of Stripe's."""
    if missing is not None and _code_of(error) in _MISSING:
        return missing
    match error:
        case stripe.AuthenticationError() | stripe.PermissionError():
            return KeyRefused(permission=_lacking(error))
        case stripe.RateLimitError():
            return Unavailable(SERVICE, _asked_delay(error))
        case stripe.IdempotencyError():
            return KeyReused()
        case stripe.CardError() | stripe.InvalidRequestError():
            return _refusal_of(error)
        case _:
            return Unavailable(SERVICE, _SOON if error.http_status == _BUSY else _LATER)


def _refusal_of(error: stripe.StripeError) -> PaymentRefused:
    if _code_of(error) in _CANNOT_RECEIVE:
        return AccountRefused()
    return PaymentRefused(reason_of(error))


def _code_of(error: stripe.StripeError) -> str | None:
    # The library copies the code to some kinds of errors and leaves it in the body of others.
    return error.code or getattr(error.error, "code", None)


def _lacking(error: stripe.StripeError) -> str:
    """The permission that Stripe's sentence names; the rest of it may repeat the key."""
    named = _PERMISSION.search(str(error))
    return named[1] if named else ""


def _asked_delay(error: stripe.StripeError) -> int:
    asked = str((error.headers or {}).get("Retry-After", ""))
    return min(int(asked), _MUCH_LATER) if asked.isdecimal() else _LATER


def reason_of(error: stripe.StripeError) -> Sentence:
    """Why Stripe refused, from its codes alone: its sentences may repeat what was sent."""
    code = _code_of(error) or "invalid request"
    known = REASONS.get(code)
    if known is not None:
        return known
    named = getattr(error, "param", None)
    if named:
        return sentence("it does not take {parameter} ({code})", parameter=named, code=code)
    return sentence("it does not take the request ({code})", code=code)
