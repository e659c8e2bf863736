import logging

import pytest
import stripe

from koda.adapters.stripe.client import (
    API_VERSION,
    LINKS_HIDDEN,
    RETRIES,
    TIMEOUT,
    make_client,
)
from koda.adapters.stripe.payments import StripePayments
from koda.domain.model.errors import Unavailable
from koda.testing.contracts.payments_case import PaymentsCase
from paysandbox import Sandbox
from tests.contract.stripe_world import PAGES, StripeWorld, accounts_of, payments_of
from tests.unit.adapters.answering import Reply, answering

BALANCE = Reply(b'{"object": "balance", "available": []}', headers={"Set-Cookie": "a=b; Path=/"})


def test_requests_tell_nothing_of_the_machine() -> None:
    """Two requests in a row carry the version and Koda's name, no telemetry and no cookies."""
    with answering(BALANCE) as server:
        client = make_client("sk_test_1", server.url, retries=0)
        for _ in range(2):
            client.v1.balance.retrieve()
    headers = server.asked[1][2]

    assert headers["authorization"] == "Bearer sk_test_1"
    assert headers["stripe-version"] == API_VERSION
    assert headers["user-agent"].startswith("Koda/")
    assert not {"cookie", *(name for name in headers if name.startswith("x-stripe"))} & set(headers)


def test_redirects_are_not_followed() -> None:
    """Nothing that answers in Stripe's place can send the key elsewhere."""
    redirect = Reply(status=302, headers={"Location": "/v1/elsewhere"})
    with answering(redirect, BALANCE) as server:
        with pytest.raises(stripe.APIConnectionError):
            make_client("sk_test_1", server.url, retries=0).v1.balance.retrieve()

        assert [path for _, path, _ in server.asked] == ["/v1/balance"]


def test_nothing_global_is_set() -> None:
    """Two marketplaces, or a marketplace and its host, have a client each."""
    make_client("sk_test_1", "http://127.0.0.1:1")

    assert stripe.api_key is None
    assert stripe.api_base == stripe.DEFAULT_API_BASE
    assert stripe.default_http_client is None


def test_real_stripe_is_the_default() -> None:
    """Without an address the client speaks to Stripe, through the environment's proxy if any."""
    client = make_client("sk_test_1")
    http_client = client._requestor._get_http_client()

    assert client._requestor.base_addresses["api"] == "https://api.stripe.com"
    assert isinstance(http_client, stripe.RequestsClient)
    assert http_client._timeout == TIMEOUT
    assert http_client._session is not None
    assert http_client._session.trust_env


def test_loopback_is_asked_directly() -> None:
    """A proxy that the environment names does not stand between the site and its sandbox."""
    http_client = make_client("sk_test_1", "http://127.0.0.1:1")._requestor._get_http_client()

    assert isinstance(http_client, stripe.RequestsClient)
    assert http_client._session is not None
    assert not http_client._session.trust_env


def test_lost_answer_is_asked_again_under_the_same_key(sandbox: Sandbox) -> None:
    """By itself the library repeats a request, so that most lost answers go unnoticed."""
    world = StripeWorld(sandbox)
    client = make_client(sandbox.secret_key, sandbox.stripe_url, retries=1)
    case = PaymentsCase(StripePayments(client, PAGES), world)
    order = case.order(("ada", 1250))
    sandbox.forget_requests()
    world.lose_answer()
    case.open(order)

    assert [f"koda:checkout:{order.id}"] * 2 == [
        request.idempotency_key for request in sandbox.requests
    ]


def test_silence_is_cut_short(sandbox: Sandbox) -> None:
    """A provider that does not answer in time is unavailable."""
    client = make_client(sandbox.secret_key, sandbox.stripe_url, (1, 0.2), retries=0)
    case = PaymentsCase(StripePayments(client, PAGES), StripeWorld(sandbox))
    order = case.order(("ada", 1250))
    sandbox.faults.next("POST /v1/checkout/sessions", "timeout", seconds=1)

    with pytest.raises(Unavailable):
        case.open(order)


def test_tries_of_a_silent_provider_fit_in_ten_seconds() -> None:
    """Whoever sent the message has its answer, if only a 503, before it gives up."""
    http_client = make_client("sk_test_1")._requestor._get_http_client()
    pauses = [http_client._sleep_time_seconds(number) for number in range(1, RETRIES + 1)]
    connecting, waiting = TIMEOUT

    assert (RETRIES + 1) * max(waiting, connecting) + sum(pauses) < 10


def test_no_link_and_no_key_is_logged(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not even where everything is logged, the library's own debugging included."""
    caplog.set_level(logging.DEBUG)
    accounts, case = accounts_of(sandbox), PaymentsCase(payments_of(sandbox), StripeWorld(sandbox))
    account_id = case.account("ada")
    opened = case.open(case.order(("ada", 1250))).url
    links = [opened, accounts.onboarding_link(account_id), accounts.dashboard_link(account_id)]
    written = caplog.text + "".join(capfd.readouterr())

    assert "API response body" in caplog.text
    assert not [link for link in links if link in written]
    assert sandbox.secret_key not in written


def test_what_is_not_for_debugging_keeps_its_addresses() -> None:
    """Which call was made can be read by whoever wants to."""
    record = logging.LogRecord("stripe", logging.INFO, "", 0, "to %s", ("https://a.b/v1",), None)

    assert LINKS_HIDDEN.filter(record)
    assert record.getMessage() == "to https://a.b/v1"
