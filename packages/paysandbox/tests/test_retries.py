from collections.abc import Callable
from itertools import pairwise

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, session_of
from packages.paysandbox.tests.receiver import Receiver
from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]
START = 1_800_000_000
DAY = 24 * 3600


def test_refused_messages_are_sent_again_with_fresh_signatures(
    sandbox: Sandbox, checkout: Open
) -> None:
    """Any answer but a 2xx is tried again, redirects included, with the same bytes."""
    sandbox.clock.fix(START)
    with Receiver([500, 302, 404]) as receiver:
        sandbox.webhooks.endpoint(receiver.url)
        sandbox.expire(checkout(1000).id)
        for _ in range(4):
            sandbox.webhooks.drain()
            sandbox.clock.advance(10)

    [delivery] = sandbox.webhooks.deliveries()
    assert (delivery["answers"], delivery["state"]) == ([500, 302, 404, 200], "done")
    assert len({message.body for message in receiver.received}) == 1
    assert {message.path for message in receiver.received} == {"/hook"}
    signatures = [message.headers["Stripe-Signature"] for message in receiver.received]
    assert [sign.partition(",")[0] for sign in signatures] == [
        f"t={START + seconds}" for seconds in (0, 10, 20, 30)
    ]


def test_message_is_tried_for_three_days_at_growing_distances() -> None:
    """By the sandbox's clock, three times as long each time, and then it is given up."""
    with (
        Receiver([500] * 20) as receiver,
        Sandbox.start(webhook=receiver.url, moment=START) as sandbox,
    ):
        session = connect(sandbox).v1.checkout.sessions.create(session_of(1000))
        sandbox.expire(session.id)
        moments = [float(START)]
        sandbox.webhooks.drain()
        while (delivery := sandbox.webhooks.deliveries()[0])["state"] == "queued":
            moments.append(delivery["due"])
            sandbox.clock.fix(delivery["due"])
            sandbox.webhooks.drain()

    distances = [later - earlier for earlier, later in pairwise(moments)]
    ratios = [later / earlier for earlier, later in pairwise(distances)]
    assert delivery["state"] == "failed"
    assert len(receiver.received) == len(moments) == len(delivery["answers"]) == 15
    assert moments[-1] - START == pytest.approx(3 * DAY)
    assert ratios == pytest.approx([3] * len(ratios), rel=0.01)


def test_time_that_is_moved_brings_the_next_attempt(sandbox: Sandbox) -> None:
    """Nothing has to be waited for, also where the clock runs."""
    with (
        Receiver([503]) as receiver,
        Sandbox.start(webhook=receiver.url, retry_delays=(DAY,)) as patient,
    ):
        session = connect(patient).v1.checkout.sessions.create(session_of(1000))
        patient.expire(session.id)
        with pytest.raises(TimeoutError):
            patient.webhooks.drain(0.3)
        patient.clock.advance(DAY)
        patient.webhooks.drain()

    assert sandbox.webhooks.deliveries() == []
    assert len(receiver.received) == 2


def test_planned_delay_is_of_the_sandboxs_clock(sandbox: Sandbox, checkout: Open) -> None:
    """A message that is late comes when its time has come."""
    sandbox.clock.fix(START)
    with Receiver() as receiver:
        sandbox.webhooks.endpoint(receiver.url)
        sandbox.webhooks.next("*", "delay", seconds=60)
        sandbox.expire(checkout(1000).id)
        sandbox.webhooks.drain()
        before = len(receiver.received)
        sandbox.clock.advance(60)
        sandbox.webhooks.drain()

    assert (before, len(receiver.received)) == (0, 1)


def test_messages_go_out_at_once_and_in_any_order_where_told() -> None:
    """One that is not answered yet does not keep the others; their order is left to chance."""
    with Receiver() as receiver, Sandbox.start(webhook=receiver.url, unordered=True) as hasty:
        create = connect(hasty).v1.checkout.sessions.create
        sessions = [create(session_of(1000)).id for _ in range(24)]
        receiver.gate.clear()
        hasty.webhooks.hold()
        for session in sessions:
            hasty.expire(session)
        sent = [event["id"] for event in hasty.webhooks.pending()]
        hasty.webhooks.release()
        receiver.await_messages(8)
        receiver.gate.set()
        hasty.webhooks.drain()

        received = [message.body.split(b'"')[3].decode() for message in receiver.received]

    assert set(received[:8]) != set(sent[:8])
    assert sorted(received) == sorted(sent)
