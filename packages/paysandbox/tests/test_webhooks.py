import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from packages.paysandbox.tests.receiver import Received, Receiver
from paysandbox import Sandbox
from paysandbox.signing import new_svix_secret

Open = Callable[..., stripe.checkout.Session]
TYPES = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    """A receiver to which the sandbox sends messages about the platform."""
    with Receiver() as listening:
        sandbox.webhooks.endpoint(listening.url)
        yield listening


def types(receiver: Receiver) -> list[str]:
    """The event types received, in order."""
    return [json.loads(message.body)["type"] for message in receiver.received]


def ids(receiver: Receiver) -> list[str]:
    """The event ids received, in order."""
    return [json.loads(message.body)["id"] for message in receiver.received]


def verified(message: Received, secret: str) -> Any:
    """The event of a message, checked by the Stripe library."""
    signature = message.headers["Stripe-Signature"]
    return stripe.Webhook.construct_event(message.body, signature, secret)


def test_messages_arrive_in_order_and_signed(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """The Stripe library accepts each with the endpoint's secret."""
    session = sandbox.pay(checkout(1000).id)
    sandbox.webhooks.drain()

    events = [verified(message, sandbox.webhook_secret) for message in receiver.received]

    assert [event.type for event in events] == TYPES
    assert events[-1]["data"]["object"]["id"] == session["id"]
    assert events[-1]["data"]["object"]["payment_status"] == "paid"


def test_message_is_the_event_that_can_be_fetched(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver, checkout: Open
) -> None:
    """Same id, same object."""
    sandbox.pay(checkout(1000).id)
    sandbox.webhooks.drain()

    told = json.loads(receiver.received[0].body)

    assert (
        client.v1.events.retrieve(told["id"])["data"]["object"]["id"]
        == (told["data"]["object"]["id"])
    )


def test_events_of_accounts_go_to_connect_endpoints_alone(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    """Signed with that endpoint's own secret."""
    with Receiver() as connected:
        sandbox.webhooks.endpoint(connected.url, audience="connect")
        seller = open_seller(sandbox, client)
        sandbox.webhooks.drain()

        event = verified(connected.received[0], sandbox.connect_webhook_secret)

    assert (event.type, event.account) == ("account.updated", seller)
    assert receiver.received == []
    assert sandbox.connect_webhook_secret != sandbox.webhook_secret


def test_message_is_given_up_after_the_last_retry(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """And can still be asked for."""
    receiver.statuses = [500] * 4
    sandbox.expire(checkout(1000).id)
    sandbox.webhooks.drain()

    [delivery] = sandbox.webhooks.deliveries()
    again = sandbox.webhooks.deliver(delivery["event"])

    assert (delivery["state"], delivery["answers"]) == ("failed", [500] * 4)
    assert again == [200]


def test_receiver_that_is_not_there_counts_as_a_failure(sandbox: Sandbox, checkout: Open) -> None:
    """No answer is shown as 0."""
    with Receiver() as gone:
        address = gone.url
    sandbox.webhooks.endpoint(address)
    sandbox.expire(checkout(1000).id)
    sandbox.webhooks.drain()

    assert sandbox.webhooks.deliveries()[0]["answers"] == [0, 0, 0, 0]


def test_held_messages_are_delivered_on_command(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """In any order, any number of times."""
    sandbox.webhooks.hold()
    sandbox.pay(checkout(1000).id)
    pending = sandbox.webhooks.pending()
    assert [event["type"] for event in pending] == TYPES

    statuses = sandbox.webhooks.deliver(2, times=3)
    sandbox.webhooks.deliver(pending[0]["id"])

    assert statuses == [200, 200, 200]
    assert ids(receiver) == [pending[2]["id"]] * 3 + [pending[0]["id"]]
    assert [event["id"] for event in sandbox.webhooks.pending()] == [pending[1]["id"]]


def test_held_message_that_is_refused_stays_held(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """It is not tried again by itself."""
    sandbox.webhooks.hold()
    sandbox.expire(checkout(1000).id)
    receiver.statuses = [503]

    assert sandbox.webhooks.deliver(0) == [503]
    assert len(sandbox.webhooks.pending()) == 1


def test_one_event_can_come_fifty_times_at_once(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """All copies are on their way together."""
    sandbox.webhooks.hold()
    sandbox.expire(checkout(1000).id)

    statuses = sandbox.webhooks.deliver(0, times=50, concurrently=True)

    assert statuses == [200] * 50
    assert len(set(ids(receiver))) == 1


@pytest.mark.parametrize(
    ("order", "expected"),
    [(None, TYPES), ("reverse", TYPES[::-1]), (7, None), ("ids", [TYPES[1], TYPES[0], TYPES[2]])],
)
def test_held_messages_are_released_in_any_order(
    sandbox: Sandbox,
    receiver: Receiver,
    checkout: Open,
    order: str | int | None,
    expected: list[str] | None,
) -> None:
    """As they happened, reversed, shuffled by a seed, or as listed."""
    sandbox.webhooks.hold()
    sandbox.pay(checkout(1000).id)
    named = [sandbox.webhooks.pending()[1]["id"]]

    sandbox.webhooks.release(named if order == "ids" else order)
    sandbox.webhooks.drain()

    assert sorted(types(receiver)) == sorted(TYPES)
    assert expected is None or types(receiver) == expected


def test_dropped_message_is_never_sent(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """The event is there to be fetched."""
    sandbox.webhooks.hold()
    sandbox.pay(checkout(1000).id)
    lost = sandbox.webhooks.pending()[0]["id"]

    sandbox.webhooks.drop(lost)
    sandbox.webhooks.release()
    sandbox.webhooks.drain()

    assert lost not in ids(receiver)
    assert lost in [event["id"] for event in sandbox.events()]


def test_second_event_about_the_same_object(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """Another id, the same content."""
    sandbox.expire(checkout(1000).id)
    [event] = sandbox.events()

    echo = sandbox.webhooks.echo(event["id"])
    sandbox.webhooks.drain()

    assert ids(receiver) == [event["id"], echo["id"]]
    assert echo["data"] == event["data"]


def test_webhook_faults_happen_as_planned(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """Drop, delay, duplicate and reorder, each for the next event of its type."""
    sandbox.webhooks.next("charge.succeeded", "reorder")
    sandbox.webhooks.next("payment_intent.*", "duplicate", copies=2)
    sandbox.webhooks.next("checkout.session.completed", "drop")
    sandbox.webhooks.next("checkout.session.expired", "delay", seconds=2.0, times=2)

    sandbox.expire(checkout(1000).id)
    sandbox.pay(checkout(1000).id)
    sandbox.webhooks.drain()

    charge, intent, expired = TYPES[0], TYPES[1], "checkout.session.expired"
    assert types(receiver) == [intent, intent, charge, expired]


def test_planned_webhook_faults_can_be_called_off(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """Nothing happens to messages then."""
    sandbox.webhooks.next("*", "drop")
    sandbox.webhooks.clear()
    sandbox.expire(checkout(1000).id)
    sandbox.webhooks.drain()

    assert len(receiver.received) == 1


def test_waiting_message_is_released_like_a_held_one(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """If no other message comes to pass it."""
    sandbox.webhooks.next("*", "reorder")
    sandbox.expire(checkout(1000).id)
    assert len(sandbox.webhooks.pending()) == 1

    sandbox.webhooks.release()
    sandbox.webhooks.drain()

    assert len(receiver.received) == 1


def test_rolled_secret_signs_beside_the_old_one_for_a_day(
    sandbox: Sandbox, receiver: Receiver, checkout: Open
) -> None:
    """Two signatures in one header; afterwards only the new one."""
    old = sandbox.webhook_secret

    new = sandbox.webhooks.roll_secret()
    sandbox.expire(checkout(1000).id)
    sandbox.webhooks.drain()
    sandbox.clock.advance(24 * 3600 + 1)
    sandbox.expire(checkout(1000).id)
    sandbox.webhooks.drain()

    first, second = receiver.received
    assert verified(first, old).id == verified(first, new).id
    assert verified(second, new).type == "checkout.session.expired"
    with pytest.raises(stripe.SignatureVerificationError):
        verified(second, old)
    assert sandbox.webhook_secret == new


def test_any_payload_can_be_signed(sandbox: Sandbox) -> None:
    """For messages that a test makes up."""
    headers = sandbox.webhooks.sign(b"[]")
    old = sandbox.webhooks.sign(b"[]", timestamp=1, secret="whsec_x")

    check = stripe.WebhookSignature.verify_header
    assert check("[]", headers["Stripe-Signature"], sandbox.webhook_secret, 300)
    assert old["Stripe-Signature"].startswith("t=1,v1=")


def test_message_can_be_had_without_an_endpoint(sandbox: Sandbox, checkout: Open) -> None:
    """For tests that hand it to their receiver themselves."""
    sandbox.expire(checkout(1000).id)
    [event] = sandbox.events()

    body, headers = sandbox.webhooks.message(event["id"])

    message = Received("/", headers, body)
    assert verified(message, sandbox.webhook_secret).id == event["id"]


def test_event_is_delivered_to_an_endpoint_that_came_later(
    sandbox: Sandbox, checkout: Open
) -> None:
    """On command only."""
    sandbox.expire(checkout(1000).id)
    [event] = sandbox.events()
    with pytest.raises(LookupError):
        sandbox.webhooks.deliver(event["id"])

    with Receiver() as late:
        sandbox.webhooks.endpoint(late.url)
        assert sandbox.webhooks.deliver(event["id"]) == [200]
        assert ids(late) == [event["id"]]
    with pytest.raises(LookupError):
        sandbox.webhooks.deliver("evt_nothing")


def test_draining_gives_up_in_the_end(sandbox: Sandbox, receiver: Receiver, checkout: Open) -> None:
    """A receiver that never answers is told of."""
    receiver.gate.clear()
    sandbox.expire(checkout(1000).id)

    with pytest.raises(TimeoutError):
        sandbox.webhooks.drain(0.05)
    receiver.gate.set()
    sandbox.webhooks.drain()


def test_endpoint_gets_only_the_types_it_lists(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Registered through the API, with its own secret; deleted, it gets nothing."""
    with Receiver() as listening:
        endpoint = client.v1.webhook_endpoints.create(
            {"url": listening.url, "enabled_events": ["charge.succeeded"]}
        )
        sandbox.pay(checkout(1000).id)
        sandbox.webhooks.drain()
        event = verified(listening.received[0], str(endpoint.secret))

        sandbox.webhooks.hold()
        sandbox.pay(checkout(1000).id)
        [held] = sandbox.webhooks.pending()
        client.v1.webhook_endpoints.delete(endpoint.id)

        assert types(listening) == ["charge.succeeded"] == [event.type]
        assert sandbox.webhooks.deliver(held["id"]) == [410]


def test_news_of_people_are_signed_as_svix_does(sandbox: Sandbox) -> None:
    """Created, updated and deleted, each verified by an independent library."""
    with Receiver() as listening:
        sandbox.webhooks.endpoint(listening.url, audience="clerk")
        person = sandbox.add_person(first_name="Zoe", email_address=["zoe@example.com"])
        sandbox.change_person(person["id"], first_name="Zoë")
        sandbox.remove_person(person["id"])
        sandbox.webhooks.drain()

        judge = Webhook(sandbox.clerk_webhook_secret)
        told = [
            judge.verify(message.body, as_standard(message.headers))
            for message in listening.received
        ]

    assert [event["type"] for event in told] == ["user.created", "user.updated", "user.deleted"]
    assert told[1]["data"]["first_name"] == "Zoë"
    assert told[2]["data"] == {"id": person["id"], "object": "user", "deleted": True}
    body, headers = sandbox.webhooks.message(listening.received[0].headers["svix-id"])
    assert judge.verify(body, as_standard(headers))["type"] == "user.created"


def test_news_of_one_second_are_told_apart(sandbox: Sandbox) -> None:
    """Each change is later than the one before, and the end later than all of them."""
    sandbox.clock.fix(1_800_000_000)
    person = sandbox.add_person(first_name="Zoe")["id"]
    changes = [sandbox.change_person(person, first_name=name) for name in ("Zoë", "Žofie")]
    sandbox.remove_person(person)

    *_, told = sandbox.objects("clerk_event")
    timestamps = [change["updated_at"] for change in changes] + [told["timestamp"]]
    assert timestamps == [1_800_000_000_001, 1_800_000_000_002, 1_800_000_000_003]


def test_news_of_people_can_be_held_told_again_and_lost(sandbox: Sandbox) -> None:
    """What holds for the platform's events holds for them, too."""
    with Receiver() as listening:
        sandbox.webhooks.endpoint(listening.url, audience="clerk")
        sandbox.webhooks.next("user.updated", "duplicate")
        sandbox.webhooks.hold()
        person = sandbox.add_person(first_name="Zoe")["id"]
        sandbox.change_person(person, first_name="Zoë")
        created, updated = sandbox.webhooks.pending()
        again = sandbox.webhooks.echo(created["id"])
        sandbox.webhooks.drop(created["id"])
        sandbox.webhooks.release("reverse")
        sandbox.webhooks.drain()

        ids = [message.headers["svix-id"] for message in listening.received]

    assert ids == [again["id"], updated["id"], updated["id"]]
    assert again["id"] != created["id"]
    assert again["data"] == created["data"]
    assert json.loads(sandbox.webhooks.message(again["id"])[0]) == again


def test_any_payload_is_signed_as_svix_does(sandbox: Sandbox) -> None:
    """For tests of receivers: with the endpoint's secret, or with another."""
    judge, other = Webhook(sandbox.clerk_webhook_secret), new_svix_secret()

    assert judge.verify(b"[]", as_standard(sandbox.clerk.sign(b"[]"))) == []
    for headers in (
        sandbox.clerk.sign(b"[]", secret=other),
        sandbox.clerk.sign(b"[]", sandbox.clock.now() - 360),
    ):
        with pytest.raises(WebhookVerificationError):
            judge.verify(b"[]", as_standard(headers))


def test_nobody_is_told_of_people_who_were_there_before(sandbox: Sandbox) -> None:
    """An endpoint hears of what happens, not of what is."""
    with Receiver() as listening, Sandbox.start(clerk_webhook=listening.url) as fresh:
        fresh.webhooks.drain()
        fresh.add_person(first_name="Zoe")
        fresh.webhooks.drain()

        names = [message.body.decode().count("Zoe") for message in listening.received]

    assert names == [1]


def as_standard(headers: dict[str, str]) -> dict[str, str]:
    """Svix's headers under the names of the standard."""
    return {name.lower().replace("svix-", "webhook-"): text for name, text in headers.items()}


def test_messages_survive_a_restart(tmp_path: Any) -> None:
    """What was queued when the sandbox stopped is sent by the next one, signed alike."""
    state = str(tmp_path / "state.sqlite")
    with Receiver([500]) as listening:
        with Sandbox.start(
            state=state, webhook=listening.url, retry_delays=(0.3, 0.3), webhook_secret="whsec_s"
        ) as first:
            session = connect(first).v1.checkout.sessions.create(session_of(1000))
            first.expire(session.id)
            listening.await_messages(1)
        with Sandbox.start(state=state, retry_delays=(0.01, 0.01)) as second:
            second.webhooks.drain()

        assert len(listening.received) == 2
        assert verified(listening.received[1], "whsec_s").type == "checkout.session.expired"
