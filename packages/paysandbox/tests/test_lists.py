from collections.abc import Callable
from typing import Any

import pytest
import stripe

from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]


def ids(page: Any) -> list[str]:
    """The ids of a list's objects."""
    return [row.id for row in page.data]


@pytest.fixture
def sessions(checkout: Open) -> list[str]:
    """Five sessions, oldest first."""
    return [checkout(1000 + place).id for place in range(5)]


def test_lists_are_newest_first_and_paged_both_ways(
    client: stripe.StripeClient, sessions: list[str]
) -> None:
    """Cursors lead on and back without gap or overlap."""
    newest = sessions[::-1]

    first = client.v1.checkout.sessions.list({"limit": 2})
    second = client.v1.checkout.sessions.list({"limit": 2, "starting_after": newest[1]})
    back = client.v1.checkout.sessions.list({"limit": 2, "ending_before": newest[3]})
    start = client.v1.checkout.sessions.list({"limit": 4, "ending_before": newest[3]})

    assert (ids(first), first.has_more) == (newest[:2], True)
    assert ids(second) == newest[2:4]
    assert (ids(back), back.has_more) == (newest[1:3], True)
    assert (ids(start), start.has_more) == (newest[:3], False)


def test_auto_paging_walks_everything(client: stripe.StripeClient, sessions: list[str]) -> None:
    """The library's own paging ends."""
    walked = client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()

    assert [session.id for session in walked] == sessions[::-1]


def test_lists_are_filtered(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """By payment, by status and by time."""
    paid = sandbox.pay(sessions[2])
    moment = sandbox.clock.advance(100)
    later = client.v1.checkout.sessions.list
    intent: Any = paid["payment_intent"]

    assert ids(later({"payment_intent": intent})) == [sessions[2]]
    assert ids(later({"status": "complete"})) == [sessions[2]]
    assert ids(later({"created": {"gte": moment}})) == []
    assert len(ids(later({"created": {"gt": 0, "lte": moment}}))) == 5
    assert ids(later({"created": 1})) == []


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 101},
        {"starting_after": "cs_nothing"},
        {"ending_before": "cs_nothing"},
        {"created": {"around": 1}},
        {"colour": "red"},
        {"expand": ["payment_intent"]},
        {"expand": ["data.colour"]},
    ],
)
def test_ill_formed_lists_are_refused(
    client: stripe.StripeClient, sessions: list[str], params: Any
) -> None:
    """Limits, cursors, filters and expansions are checked."""
    assert sessions
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.list(params)


def test_lists_expand_their_objects(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """`data.` stands for each object of the page."""
    sandbox.pay(sessions[0])

    page = client.v1.checkout.sessions.list(
        {"status": "complete", "expand": ["data.payment_intent"]}
    )

    assert page.data[0]["payment_intent"]["amount"] == 1000


def test_what_is_not_there_yet_expands_to_nothing(
    client: stripe.StripeClient, sessions: list[str]
) -> None:
    """An open session has no payment intent to expand."""
    read = client.v1.checkout.sessions.retrieve(
        sessions[0], {"expand": ["payment_intent.latest_charge"]}
    )

    assert read.payment_intent is None


@pytest.mark.parametrize("path", ["colour", "payment_intent.a.b.c.d", "status"])
def test_only_references_expand(
    client: stripe.StripeClient, sessions: list[str], path: str
) -> None:
    """Neither plain fields, nor unknown ones, nor too deep."""
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.retrieve(sessions[0], {"expand": [path]})


def test_source_of_a_balance_transaction_expands(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """Whatever kind of object it is."""
    sandbox.pay(sessions[0])

    [row] = client.v1.balance_transactions.list({"expand": ["data.source"]}).data

    assert row["source"]["object"] == "charge"
    assert client.v1.balance_transactions.retrieve(row.id).net == 1000


def test_payments_and_charges_are_listed(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """Charges by the payment they belong to."""
    paid = sandbox.pay(sessions[0])
    intent: Any = paid["payment_intent"]

    assert ids(client.v1.payment_intents.list()) == [intent]
    assert len(ids(client.v1.charges.list({"payment_intent": intent}))) == 1


def test_events_are_listed_by_type(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """By one type or by several."""
    sandbox.pay(sessions[0])
    wanted = ["charge.succeeded", "payment_intent.succeeded"]

    page = client.v1.events.list({"type": "charge.succeeded"})
    two = client.v1.events.list({"types": wanted})

    assert [event.type for event in page.data] == ["charge.succeeded"]
    assert sorted(event.type for event in two.data) == wanted
    assert client.v1.events.retrieve(page.data[0].id).type == "charge.succeeded"


def test_balance_of_a_fresh_platform_is_zero(client: stripe.StripeClient) -> None:
    """Before any charge there is one row of nothing."""
    assert client.v1.balance.retrieve().available[0].amount == 0
