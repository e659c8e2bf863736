import pytest
import stripe

from koda.adapters.stripe.client import make_client
from koda.adapters.stripe.errors import KeyRefused
from koda.adapters.stripe.probe import CONNECT_EVENTS, PLATFORM_EVENTS, Platform, StripeProbe
from koda.adapters.system.clock import now
from koda.domain.model.errors import Unavailable
from paysandbox import Sandbox
from tests.contract.stripe_world import client_of
from tests.unit.adapters.answering import Reply, answering

OWN, CONNECT = "https://koda.example/webhooks/stripe", "https://koda.example/webhooks/connect"
WANTED = {OWN: PLATFORM_EVENTS, CONNECT: CONNECT_EVENTS}
LACKING = (
    b'{"error": {"type": "invalid_request_error", "message": "The provided key \'rk_test_*1\' does'
    b" not have the required permissions for this endpoint on account 'acct_1'. Having the"
    b" 'rak_balance_read' permission would allow this request to continue.\"}}"
)
"""As https://github.com/stripe/stripe-node/issues/2246 has it."""


def faults(sandbox: Sandbox) -> list[str]:
    """What is missing of the addresses."""
    return list(StripeProbe(client_of(sandbox)).webhook_faults(WANTED))


@pytest.fixture
def endpoint(sandbox: Sandbox) -> stripe.WebhookEndpoint:
    """The address of the platform's own messages, which listens to what it must."""
    client = client_of(sandbox)
    for known in client.v1.webhook_endpoints.list():
        client.v1.webhook_endpoints.delete(known.id)
    every: stripe.params.WebhookEndpointCreateParams = {"url": CONNECT, "enabled_events": ["*"]}
    client.v1.webhook_endpoints.create({**every, "connect": True})
    return client.v1.webhook_endpoints.create({"url": OWN, "enabled_events": [*PLATFORM_EVENTS]})  # type: ignore[list-item] # our texts are some of its literals


def test_balance_tells_whether_money_is_real(sandbox: Sandbox) -> None:
    """In the sandbox it is not."""
    assert not StripeProbe(client_of(sandbox)).live()
    with answering(Reply(b'{"object": "balance", "livemode": true}')) as server:
        assert StripeProbe(make_client("sk_live_1", server.url, retries=0)).live()


def test_the_platform_is_told_with_stripes_time(sandbox: Sandbox) -> None:
    """The currency of its account, those of its balance, and when Stripe answered."""
    before = now().replace(microsecond=0)
    platform = StripeProbe(client_of(sandbox)).platform()

    assert platform == Platform(False, "EUR", frozenset({"EUR"}), platform.answered_at)
    assert platform.answered_at is not None
    assert before <= platform.answered_at <= now()


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_an_answer_without_a_time_is_no_fault(date: str) -> None:
    """Some proxies take the header away."""
    balance = Reply(b'{"object": "balance", "livemode": false, "available": [{"currency": "usd"}]}')
    account = Reply(b'{"object": "account", "default_currency": "usd"}', headers={"Date": date})
    with answering(balance, account) as server:
        platform = StripeProbe(make_client("sk_test_1", server.url, retries=0)).platform()

    assert platform == Platform(False, "USD", frozenset({"USD"}), None)


def test_key_that_lacks_a_permission_is_refused_by_its_name() -> None:
    """The rest of Stripe's sentence, which shows a part of the key, is not repeated."""
    with answering(Reply(LACKING, 403)) as server:
        probe = StripeProbe(make_client("rk_test_1", server.url, retries=0))
        with pytest.raises(KeyRefused, match="lacks rak_balance_read; its operator") as told:
            probe.live()
    assert "rk_test" not in str(told.value)


def test_stripe_that_is_down_is_unavailable(sandbox: Sandbox) -> None:
    """Whatever is looked at."""
    sandbox.faults.next("GET /v1/*", "status=503", times=2)
    probe = StripeProbe(client_of(sandbox))

    with pytest.raises(Unavailable):
        probe.live()
    with pytest.raises(Unavailable):
        list(probe.webhook_faults(WANTED))


def test_registered_addresses_are_well(sandbox: Sandbox, endpoint: stripe.WebhookEndpoint) -> None:
    """Each listens to its types of events, or to all."""
    assert endpoint.status == "enabled"
    assert faults(sandbox) == []


def test_missing_types_are_named(sandbox: Sandbox, endpoint: stripe.WebhookEndpoint) -> None:
    """Unless another endpoint of the same address has them."""
    some = {"enabled_events": ["checkout.session.completed", "charge.refunded"]}
    client_of(sandbox).v1.webhook_endpoints.update(endpoint.id, some)  # type: ignore[arg-type] # as above

    (fault,) = faults(sandbox)
    assert fault.startswith(f"{OWN} does not listen to charge.dispute.closed, ")
    assert "checkout.session.async_payment_failed" in fault
    assert "completed" not in fault


def test_disabled_and_missing_addresses_are_told(
    sandbox: Sandbox, endpoint: stripe.WebhookEndpoint
) -> None:
    """They get no messages."""
    endpoints = client_of(sandbox).v1.webhook_endpoints
    endpoints.update(endpoint.id, {"disabled": True})
    disabled = faults(sandbox)
    endpoints.delete(endpoint.id)

    assert disabled == [f"{OWN} is disabled"]
    assert faults(sandbox) == [f"{OWN} is not registered"]


def test_what_clerk_sends_is_no_endpoint_of_stripe(sandbox: Sandbox) -> None:
    """The sandbox keeps both, and lists each where it belongs."""
    with Sandbox.start(strict=True, clerk_webhook=OWN, people=()) as mixed:
        assert f"{OWN} is not registered" in faults(mixed)
