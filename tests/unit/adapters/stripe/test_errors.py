from typing import Any

import pytest
import stripe

from koda.adapters.stripe.errors import KeyRefused, KeyReused, translate, translated
from koda.domain.model.errors import NotFound, PaymentRefused, Unavailable
from koda.domain.model.sentences import sentence

SECRET = "No such key: sk_live_verysecret"


UNTYPED: Any = stripe
"""Some of the library's errors are made by functions without types."""


def refusal(code: str | None, param: str | None = None) -> stripe.StripeError:
    """A refusal by Stripe whose sentence holds a secret."""
    made: stripe.StripeError = UNTYPED.InvalidRequestError(SECRET, param, code=code)
    return made


@pytest.mark.parametrize(
    ("asked", "seconds"), [("7", 7), ("86400", 300), ("soon", 5), ("", 5), (None, 5)]
)
def test_rate_limit_says_when_to_come_again(asked: str | None, seconds: int) -> None:
    """Too many requests is unavailable for as long as Stripe asks, within reason."""
    headers = {} if asked is None else {"Retry-After": asked}
    error = translate(stripe.RateLimitError(SECRET, http_status=429, headers=headers))

    assert isinstance(error, Unavailable)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (stripe.APIError(SECRET, http_status=409), 1),
        (stripe.APIError(SECRET, http_status=500), 5),
        (stripe.APIError(SECRET, http_status=200), 5),
        (UNTYPED.APIConnectionError(SECRET), 5),
    ],
)
def test_trouble_is_unavailable(error: stripe.StripeError, seconds: int) -> None:
    """What may go away by itself is worth a repeat."""
    translated_error = translate(error)

    assert isinstance(translated_error, Unavailable)
    assert translated_error.retry_after == seconds


@pytest.mark.parametrize("kind", [stripe.AuthenticationError, stripe.PermissionError])
def test_refused_key_is_unavailable_and_says_so(kind: type[stripe.StripeError]) -> None:
    """A revoked key loses no payment: callers come again, and the operator can read why."""
    error = translate(kind(SECRET, http_status=401))

    assert isinstance(error, KeyRefused)
    assert "API key" in error.message
    assert error.retry_after == 300


@pytest.mark.parametrize(
    "error",
    [
        refusal("resource_missing"),
        stripe.PermissionError(SECRET, json_body={"error": {"code": "account_invalid"}}),
    ],
)
def test_missing_thing_is_what_the_caller_says(error: stripe.StripeError) -> None:
    """Where a lookup may fail, it fails by the caller's own error."""
    missing = NotFound("payout account", "acct_1")

    assert translate(error, missing) is missing
    assert translate(error) is not missing


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refusal("balance_insufficient"), "the balance is too low"),
        (refusal("new_code", "line_items[0]"), "it does not take line_items[0] (new_code)"),
        (refusal(None), "it does not take the request (invalid request)"),
        (
            UNTYPED.CardError(SECRET, "", "card_declined"),
            "it does not take the request (card_declined)",
        ),
    ],
)
def test_refusal_gives_codes_and_no_sentences(error: stripe.StripeError, reason: str) -> None:
    """Stripe's sentences may repeat what was sent; its codes do not."""
    refused = translate(error)

    assert isinstance(refused, PaymentRefused)
    assert str(refused.reason) == reason


def test_reused_key_is_a_refusal_of_its_own() -> None:
    """Another request under the same key can be told from all other refusals."""
    error = translate(stripe.IdempotencyError(SECRET, http_status=400))

    assert isinstance(error, KeyReused)
    assert isinstance(error, PaymentRefused)


@pytest.mark.parametrize("stumble", [AttributeError, KeyError, TypeError, ValueError])
def test_what_the_library_trips_over_is_unavailable(stumble: type[Exception]) -> None:
    """An answer that is none of Stripe's is no answer."""
    with pytest.raises(Unavailable) as caught, translated():
        raise stumble("x")

    assert isinstance(caught.value.__cause__, stumble)


def test_errors_of_koda_pass() -> None:
    """What Koda itself finds inside is not taken for Stripe's."""
    with pytest.raises(PaymentRefused) as caught, translated():
        raise PaymentRefused(sentence("of our own"))

    assert caught.value.data() == {"reason": "of our own"}
