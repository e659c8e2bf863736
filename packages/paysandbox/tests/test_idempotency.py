from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest
import requests
import stripe

from packages.paysandbox.tests.arrange import connect, session_of
from paysandbox import Sandbox

KEY: Any = {"idempotency_key": "order-1"}


def post(sandbox: Sandbox, path: str, key: str, **form: str) -> requests.Response:
    """A raw call, to see the headers."""
    headers = {"Idempotency-Key": key}
    auth = (sandbox.secret_key, "")
    return requests.post(sandbox.url + path, data=form, headers=headers, auth=auth, timeout=5)


def test_same_key_gives_the_same_answer(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """One session however often it is asked for."""
    made = [client.v1.checkout.sessions.create(session_of(1000), KEY).id for _ in range(3)]

    assert len(set(made)) == 1
    assert len(sandbox.objects("checkout.session")) == 1


def test_replayed_answer_says_so(sandbox: Sandbox) -> None:
    """With the id of the request that had the effect."""
    first = post(sandbox, "/v1/accounts", "k", email="a@example.com")
    again = post(sandbox, "/v1/accounts", "k", email="a@example.com")

    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Idempotency-Key"] == "k"


def test_key_belongs_to_its_parameters(client: stripe.StripeClient) -> None:
    """Another request with the same key is an IdempotencyError."""
    client.v1.checkout.sessions.create(session_of(1000), KEY)

    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(session_of(1001), KEY)


def test_refusal_that_had_begun_is_replayed(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """A 404 stays a 404 under its key, even if the object has come since."""
    first = post(sandbox, "/v1/refunds", "k", charge="ch_x")
    again = post(sandbox, "/v1/refunds", "k", charge="ch_x")

    assert (first.status_code, again.status_code) == (404, 404)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_refusal_is_replayed_after_its_cause_is_gone(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """For a day; another key has the effect."""
    form = {"amount": "100", "currency": "eur", "destination": seller}
    refused = post(sandbox, "/v1/transfers", "k", **form)
    sandbox.top_up(100)
    again = post(sandbox, "/v1/transfers", "k", **form)

    assert refused.json()["error"]["code"] == "balance_insufficient"
    assert (again.status_code, again.json()) == (400, refused.json())
    assert post(sandbox, "/v1/transfers", "k2", **form).status_code == 200


def test_refusal_of_the_caller_is_not_kept(sandbox: Sandbox) -> None:
    """Neither a limit of the rate nor a wrong API key uses the key up."""
    address, headers = f"{sandbox.url}/v1/accounts", {"Idempotency-Key": "k"}
    stranger = requests.post(address, headers=headers, auth=("sk_test_wrong", ""), timeout=5)
    sandbox.faults.next("POST /v1/accounts", "status=429")
    limited = post(sandbox, "/v1/accounts", "k")
    accepted = post(sandbox, "/v1/accounts", "k")

    assert [stranger.status_code, limited.status_code, accepted.status_code] == [401, 429, 200]


def test_refusal_before_the_beginning_is_not_kept(sandbox: Sandbox) -> None:
    """Ill-formed parameters do not use the key up."""
    refused = post(sandbox, "/v1/accounts", "k", colour="red")
    accepted = post(sandbox, "/v1/accounts", "k", email="a@example.com")

    assert (refused.status_code, accepted.status_code) == (400, 200)


def test_keys_are_forgotten_after_a_day(sandbox: Sandbox) -> None:
    """Or on demand."""
    first = post(sandbox, "/v1/accounts", "k").json()["id"]
    sandbox.clock.advance(24 * 3600)
    second = post(sandbox, "/v1/accounts", "k").json()["id"]
    sandbox.forget_idempotency_keys()
    third = post(sandbox, "/v1/accounts", "k").json()["id"]

    assert len({first, second, third}) == 3


def test_key_in_use_is_a_conflict(sandbox: Sandbox) -> None:
    """While the first request is being answered, the second gets a 409."""
    sandbox.faults.next("POST /v1/accounts", "slow", seconds=30)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(post, sandbox, "/v1/accounts", "k") for _ in range(2)]
        quick, slow = next(as_completed(both)), set(both)
        sandbox.world.stopping.set()
        slow.discard(quick)

    assert quick.result().json()["error"]["code"] == "idempotency_key_in_use"
    assert quick.result().status_code == 409
    assert slow.pop().result().status_code == 200


def test_finished_request_is_repeated_to_many_at_once(sandbox: Sandbox) -> None:
    """Nothing is in progress any more, however slowly one of them is answered."""
    first = post(sandbox, "/v1/accounts", "k")
    sandbox.faults.next("POST /v1/accounts", "slow", seconds=30)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(post, sandbox, "/v1/accounts", "k") for _ in range(2)]
        quick = next(as_completed(both))
        assert quick.result().json() == first.json()
        sandbox.world.stopping.set()

    assert [answer.result().json() for answer in both] == [first.json()] * 2


def test_key_has_a_limit(sandbox: Sandbox) -> None:
    """255 characters."""
    assert post(sandbox, "/v1/accounts", "k" * 256).status_code == 400


def test_library_retries_with_the_same_key(sandbox: Sandbox) -> None:
    """A lost answer is fetched again without a second effect."""
    client = connect(sandbox, max_network_retries=2)
    sandbox.faults.next("POST /v1/checkout/sessions", "reset", after_commit=True)

    session = client.v1.checkout.sessions.create(session_of(1000))

    assert [row["id"] for row in sandbox.objects("checkout.session")] == [session.id]
    assert len({seen.idempotency_key for seen in sandbox.requests}) == 1
