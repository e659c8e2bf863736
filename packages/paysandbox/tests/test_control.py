import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from packages.paysandbox.tests.receiver import Receiver
from paysandbox import Sandbox, SandboxControl, SandboxError
from paysandbox.errors import ClerkError

Open = Callable[..., stripe.checkout.Session]


@pytest.fixture
def remote(sandbox: Sandbox) -> SandboxControl:
    """The control as another process has it."""
    return SandboxControl(sandbox.url + "/")


def test_control_over_http_has_the_same_addresses_and_secrets(
    sandbox: Sandbox, remote: SandboxControl
) -> None:
    """Nothing is known in one place alone."""
    assert remote.info() == sandbox.info()
    assert remote.url == remote.stripe_url == sandbox.url
    assert remote.secret_key == sandbox.secret_key
    assert remote.clerk_secret_key == sandbox.clerk_secret_key
    assert remote.clerk_url == sandbox.clerk_url
    assert remote.webhook_secret == sandbox.webhook_secret
    assert remote.connect_webhook_secret == sandbox.connect_webhook_secret
    assert remote.clerk_webhook_secret == sandbox.clerk_webhook_secret


def test_whole_life_of_a_payment_can_be_steered_over_http(
    sandbox: Sandbox, remote: SandboxControl, client: stripe.StripeClient, checkout: Open
) -> None:
    """Each operation does the same from another process."""
    seller = open_seller(sandbox, client)
    remote.complete_onboarding(seller)
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    first, second, third = (checkout(1000, payment_intent_data=data).id for _ in range(3))

    remote.decline(first)
    remote.pay(first)
    remote.refund(first, 100, reverse_transfer=True, refund_application_fee=True)
    remote.dispute(remote.objects("charge")[1]["id"])
    remote.close_dispute(first, won=True)
    remote.pay_later(second)
    remote.settle(second, succeed=False)
    remote.expire(third)
    remote.assert_balanced()

    assert remote.balance_of(seller) == 850 - 100 + 15
    assert remote.balance_of("acct_nobody") == 0
    assert remote.pay_out(seller) == 765
    assert [row["status"] for row in remote.objects("checkout.session")] == [
        "complete",
        "complete",
        "expired",
    ]
    assert remote.events("charge.dispute.closed")[0]["data"]["object"]["status"] == "won"
    assert len(remote.requests) == 4


def test_accounts_and_people_can_be_steered_over_http(
    sandbox: Sandbox, remote: SandboxControl, client: stripe.StripeClient
) -> None:
    """What owners and the provider do, and who signs in."""
    seller = open_seller(sandbox, client)
    remote.require(seller, ["external_account"])
    remote.restrict(seller)
    remote.deauthorize(seller)
    person = remote.add_person(first_name="Zoe")["id"]
    remote.change_person(person, first_name="Zoë")

    assert remote.sign_in(person).count(".") == 2
    assert remote.clerk.token().count(".") == 2
    assert remote.clerk.public_key().startswith("-----BEGIN PUBLIC KEY")
    assert remote.remove_person(person)["deleted"] is True


def test_time_and_trouble_can_be_steered_over_http(remote: SandboxControl) -> None:
    """The clock, faults, keys and the log."""
    remote.clock.fix(1_800_000_000)

    assert remote.clock.advance(5) == remote.clock.now() == 1_800_000_005
    assert remote.clock.fix(None) != 1_800_000_005
    remote.faults.next("GET /v1/balance", "status=500")
    remote.faults.clear()
    remote.forget_idempotency_keys()
    remote.forget_requests()


def test_messages_can_be_steered_over_http(
    remote: SandboxControl, client: stripe.StripeClient, checkout: Open
) -> None:
    """Hold, look, deliver, drop, echo, release and drain."""
    with Receiver() as receiver:
        remote.webhooks.endpoint(receiver.url, secret="whsec_mine")
        remote.webhooks.hold()
        remote.expire(checkout(1000).id)
        [event] = remote.webhooks.pending()
        remote.webhooks.echo(event["id"])
        remote.webhooks.drop(event["id"])
        remote.webhooks.next("*", "drop")
        remote.webhooks.clear()

        assert remote.webhooks.deliver(event["id"], concurrently=True) == [200]
        remote.webhooks.release([])
        remote.webhooks.drain()
        body, headers = remote.webhooks.message(event["id"])
        assert remote.webhooks.sign(body, secret="whsec_x")["Stripe-Signature"]
        assert remote.webhooks.roll_secret("connect", "whsec_new") == "whsec_new"
        assert remote.connect_webhook_secret == "whsec_new"
        assert headers["Stripe-Signature"]
        assert remote.webhook_secret == "whsec_mine"
        assert [row["state"] for row in remote.webhooks.deliveries()] == ["done", "done"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("pay", {"session": "cs_nothing"}),
        ("explode", {}),
        ("perform", {"name": "info", "arguments": {}}),
        ("_change", {}),
        ("pay", {}),
        ("plan_fault", {"pattern": "*", "kind": "explode"}),
    ],
)
def test_impossible_operations_are_refused(
    remote: SandboxControl, operation: str, arguments: dict[str, Any]
) -> None:
    """With a sentence, over HTTP as an error of the control's own."""
    with pytest.raises(SandboxError) as caught:
        remote._perform(operation, arguments)

    assert str(caught.value)


def test_refusals_of_the_two_vendors_keep_their_code(
    sandbox: Sandbox, remote: SandboxControl, checkout: Open
) -> None:
    """A payment that is impossible, a person who cannot be."""
    session = checkout(1000).id
    remote.pay(session)

    with pytest.raises(SandboxError) as paid_twice:
        remote.pay(session)
    with pytest.raises(ClerkError, match="user_nobody"):
        sandbox.sign_in("user_nobody")
    with pytest.raises(SandboxError) as nobody:
        remote.sign_in("user_nobody")

    assert paid_twice.value.code == "checkout_session_not_open"
    assert nobody.value.code == "resource_not_found"


def test_control_of_no_sandbox_says_so() -> None:
    """With the address."""
    with Receiver() as gone:
        address = gone.url

    with pytest.raises(SandboxError, match="No sandbox answers at"):
        SandboxControl(address).info()


@pytest.mark.parametrize(
    ("method", "data", "content_type", "status"),
    [
        ("GET", b"", "application/json", 415),
        ("POST", b"{}", "text/plain", 415),
        ("POST", b"{", "application/json", 400),
        ("POST", b"[]", "application/json", 400),
    ],
)
def test_control_takes_json_posts_alone(
    sandbox: Sandbox, method: str, data: bytes, content_type: str, status: int
) -> None:
    """So that no page of another site can steer it from a browser."""
    address = f"{sandbox.url}/_sandbox/info"
    headers = {"Content-Type": content_type}

    answer = requests.request(method, address, data=data, headers=headers, timeout=5)

    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_mistake_of_the_sandboxs_own_is_answered(sandbox: Sandbox) -> None:
    """With a 500 that can be read, in Stripe's shape where Stripe was asked, and kept."""
    sandbox.world.state.put("charge", {"id": "ch_broken", "_account": "platform"})
    headers = {"Idempotency-Key": "k"}
    auth = (sandbox.secret_key, "")
    ask = {"charge": "ch_broken"}

    answers = [
        requests.post(f"{sandbox.url}/v1/refunds", ask, headers=headers, auth=auth, timeout=5)
        for _ in range(2)
    ]
    sandbox.world.state.put("checkout.session", {"id": "cs_broken", "status": "complete"})
    page = requests.get(f"{sandbox.url}/pay/cs_broken", timeout=5)

    assert [answer.json()["error"]["type"] for answer in answers] == ["api_error"] * 2
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert page.status_code == 500


def test_many_buyers_pay_at_once(sandbox: Sandbox) -> None:
    """One payment a session, and the ledger balances."""
    client = connect(sandbox)
    sessions = [client.v1.checkout.sessions.create(session_of(1000)).id for _ in range(5)]
    outcomes: list[bool] = []

    def pay(session: str) -> None:
        try:
            sandbox.pay(session)
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            outcomes.append("not_open" not in str(error))

    payers = [threading.Thread(target=pay, args=(session,)) for session in sessions * 4]
    for payer in payers:
        payer.start()
    for payer in payers:
        payer.join(10)

    assert outcomes == [False] * 15
    assert sandbox.balance_of("platform") == 5000
    sandbox.assert_balanced()
