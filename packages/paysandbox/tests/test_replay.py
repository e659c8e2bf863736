import json
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import ACCOUNT, connect, session_of
from packages.paysandbox.tests.receiver import Received, Receiver
from paysandbox import Sandbox

START = 1_800_000_000


def history(sandbox: Sandbox, receiver: Receiver) -> list[Received]:
    """A sale with what follows it; a driver chooses which message comes when, and which never."""
    client = connect(sandbox)
    keys = iter(f"key-{number}" for number in range(100))

    def keyed() -> stripe.RequestOptions:
        return {"idempotency_key": next(keys)}

    sandbox.webhooks.endpoint(receiver.url, audience="connect")
    sandbox.webhooks.endpoint(receiver.url, audience="clerk")
    sandbox.webhooks.hold()
    sandbox.add_person(first_name="Zoe", email_address=["zoe@example.com"])
    seller = client.v1.accounts.create(ACCOUNT, keyed()).id
    sandbox.complete_onboarding(seller)
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    params = session_of(1000, payment_intent_data=data)
    session = client.v1.checkout.sessions.create(params, keyed()).id
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(session_of(1), keyed())
    sandbox.pay(session)
    sandbox.refund(session, 100)
    sandbox.clock.advance(3600)
    sandbox.dispute(session)
    sandbox.webhooks.deliver(3)
    sandbox.webhooks.drop(2)
    sandbox.webhooks.deliver()
    sandbox.webhooks.deliver(1, times=2)
    while waiting := len(sandbox.webhooks.pending()):
        sandbox.webhooks.deliver(waiting // 2)
    return receiver.received


def play(receiver: Receiver, **options: Any) -> tuple[list[tuple[Any, bytes]], list[Any]]:
    """The history in a fresh sandbox: its messages with their signatures, and all its objects."""
    receiver.received.clear()
    with Sandbox.start(webhook=receiver.url, moment=START, **options) as sandbox:
        messages = [(signature(told), told.body) for told in history(sandbox, receiver)]
        kinds = ["account", "charge", "event", "clerk_event", "delivery", "balance_transaction"]
        return messages, [sandbox.objects(kind) for kind in kinds]


def signature(message: Received) -> Any:
    """What a message is signed with and when, by whichever scheme."""
    names = ("Stripe-Signature", "svix-id", "svix-timestamp", "svix-signature")
    return [message.headers.get(name) for name in names]


def test_same_seed_and_calls_give_the_same_history() -> None:
    """Ids, events, messages and signatures, byte for byte, and the order in which they come.

    The sandbox answers at the same address: it stands in the links of people's pictures.
    """
    with Sandbox.start() as earlier:
        port = int(earlier.address.rpartition(":")[2])
    with Receiver() as receiver:
        first = play(receiver, seed=7, port=port)
        second = play(receiver, seed=7, port=port)
        other = play(receiver, seed=8, port=port)

    assert len(first[0]) > 10
    assert first == second
    assert {body for _, body in first[0]}.isdisjoint(body for _, body in other[0])


def test_seeded_sandbox_goes_on_where_it_stopped(tmp_path: Any) -> None:
    """On its kept state no id is drawn twice, and the whole is as if it had never stopped."""

    def accounts(sandbox: Sandbox, count: int) -> list[str]:
        create = connect(sandbox).v1.accounts.create
        return [create(ACCOUNT).id for _ in range(count)]

    with Sandbox.start(seed=7) as whole:
        expected = accounts(whole, 4)
    kept = str(tmp_path / "state.sqlite")
    with Sandbox.start(seed=7, state=kept) as first:
        before = accounts(first, 2)
    with Sandbox.start(seed=7, state=kept) as second:
        after = accounts(second, 2)

    assert before + after == expected


def test_next_messages_are_driven_by_hand(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """The next one is delivered or lost, or the one at a place among those that wait."""
    with Receiver() as receiver:
        sandbox.webhooks.endpoint(receiver.url)
        sandbox.webhooks.hold()
        for price in range(1000, 1005):
            session = client.v1.checkout.sessions.create(session_of(price))
            sandbox.expire(session.id)

        sandbox.webhooks.drop()
        sandbox.webhooks.deliver()
        sandbox.webhooks.drop(1)
        sandbox.webhooks.deliver(1)
        sandbox.webhooks.deliver()
        left = sandbox.webhooks.pending()

        bodies = [json.loads(message.body) for message in receiver.received]
    assert left == []
    assert [body["data"]["object"]["amount_total"] for body in bodies] == [1001, 1004, 1002]


@pytest.mark.parametrize("place", [0, 3])
def test_only_what_waits_is_driven(sandbox: Sandbox, place: int) -> None:
    """A place at which nothing waits is refused."""
    with pytest.raises(LookupError):
        sandbox.webhooks.deliver(place)
    with pytest.raises(LookupError):
        sandbox.webhooks.drop(place)
