from typing import Any

import pytest
import requests
import stripe

from packages.paysandbox.tests.arrange import connect
from paysandbox import Sandbox

ACCOUNTS = "POST /v1/accounts"


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        ("status=500", {}, stripe.APIError),
        ("status=409", {}, stripe.APIError),
        ("status=429", {}, stripe.RateLimitError),
        ("html", {"status": 502}, stripe.APIError),
        ("html", {"status": 200}, stripe.APIError),
        ("truncated", {}, stripe.APIError),
        ("error_string", {}, AttributeError),
        ("reset", {}, stripe.APIConnectionError),
        ("no_answer", {}, stripe.APIConnectionError),
        ("timeout", {"seconds": 0.05}, stripe.APIConnectionError),
    ],
)
@pytest.mark.parametrize("after_commit", [False, True])
def test_each_trouble_reaches_the_library(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    kind: str,
    options: dict[str, Any],
    error: type[Exception],
    *,
    after_commit: bool,
) -> None:
    """As its own error; the effect happens exactly where it was told to, and once."""
    sandbox.faults.next(ACCOUNTS, kind, after_commit=after_commit, **options)

    with pytest.raises(error):
        client.v1.accounts.create()

    assert len(sandbox.objects("account")) == int(after_commit)
    client.v1.accounts.create()


def test_slow_answer_is_the_right_one(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """Only late."""
    sandbox.faults.next(ACCOUNTS, "slow", seconds=0.05)

    assert client.v1.accounts.create().id.startswith("acct_")


def test_trouble_meets_the_requests_it_is_meant_for(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    """Skipped ones pass, then so many are met, then all is well; others are left alone."""
    sandbox.faults.next("* /v1/acc*", "status=500", skip=1, times=2)
    outcomes = []
    for _ in range(4):
        client.v1.balance.retrieve()
        try:
            client.v1.accounts.create()
            outcomes.append("good")
        except stripe.APIError:
            outcomes.append("bad")

    assert outcomes == ["good", "bad", "bad", "good"]


def test_planned_trouble_can_be_called_off(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """Nothing happens then."""
    sandbox.faults.next(ACCOUNTS, "status=500")
    sandbox.faults.clear()

    assert client.v1.accounts.create().id


def test_kept_error_is_replayed(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """A 500 of a request that had begun stays a 500 under its key."""
    key: Any = {"idempotency_key": "k"}
    sandbox.faults.next(ACCOUNTS, "status=500", saved=True)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.accounts.create({}, key)


def test_library_retries_a_429_only_when_told(sandbox: Sandbox) -> None:
    """Stripe-Should-Retry decides."""
    client = connect(sandbox, max_network_retries=1)
    sandbox.faults.next(ACCOUNTS, "status=429")
    with pytest.raises(stripe.RateLimitError):
        client.v1.accounts.create()

    sandbox.faults.next(ACCOUNTS, "status=429", should_retry=True)

    assert client.v1.accounts.create().id


def test_answer_of_somebody_else_is_json_and_nothing_of_stripe_s(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    """The library makes an object of it that has none of the fields."""
    sandbox.faults.next(ACCOUNTS, "foreign")

    with pytest.raises(AttributeError):
        _ = client.v1.accounts.create().id


def test_trouble_says_when_to_come_again(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """In the header that HTTP has for it."""
    sandbox.faults.next(ACCOUNTS, "status=429", retry_after=7)

    with pytest.raises(stripe.RateLimitError) as caught:
        client.v1.accounts.create()

    assert (caught.value.headers or {})["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, stripe.InvalidRequestError),
        (401, stripe.AuthenticationError),
        (402, stripe.CardError),
        (403, stripe.PermissionError),
        (404, stripe.InvalidRequestError),
    ],
)
def test_status_is_the_library_s_own_error(
    sandbox: Sandbox, client: stripe.StripeClient, status: int, error: type[Exception]
) -> None:
    """Refusals can be planned like outages."""
    sandbox.faults.next(ACCOUNTS, f"status={status}")

    with pytest.raises(error):
        client.v1.accounts.create()


def test_unknown_trouble_is_refused(sandbox: Sandbox) -> None:
    """A typo in a test shows at once."""
    with pytest.raises(ValueError, match="kind"):
        sandbox.faults.next(ACCOUNTS, "explode")


def test_pages_and_clerk_meet_trouble_too(sandbox: Sandbox) -> None:
    """Not only Stripe's API."""
    sandbox.faults.next("GET /clerk/v1/jwks", "status=500")
    sandbox.faults.next("GET /style.css", "html", status=503)

    assert requests.get(f"{sandbox.clerk_url}/v1/jwks", timeout=5).status_code == 500
    assert requests.get(f"{sandbox.url}/style.css", timeout=5).status_code == 503
