from collections.abc import Callable
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import open_seller
from packages.paysandbox.tests.receiver import Receiver
from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]
PAID = ["checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"]
DAY = 24 * 3600


def types(page: Any) -> list[str]:
    """The types of a list's events."""
    return [event.type for event in page.data]


@pytest.fixture
def paid(sandbox: Sandbox, checkout: Open) -> list[str]:
    """Three payments with three events each; their sessions."""
    return [str(sandbox.pay(checkout(1000 + place).id)["id"]) for place in range(3)]


def test_events_are_filtered_before_they_are_paged(
    client: stripe.StripeClient, paid: list[str]
) -> None:
    """A page is as full as it can be, and the library's paging walks everything that fits."""
    first = client.v1.events.list({"types": ["charge.succeeded"], "limit": 2})
    walked = client.v1.events.list({"types": PAID[:2], "limit": 1}).auto_paging_iter()

    assert (types(first), first.has_more) == (["charge.succeeded"] * 2, True)
    assert [event.type for event in walked] == PAID[:2] * len(paid)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("charge.succeeded", ["charge.succeeded"] * 3),
        ("charge.*", ["charge.succeeded"] * 3),
        ("*.succeeded", PAID[1:] * 3),
        ("checkout.session.*", ["checkout.session.completed"] * 3),
        ("charge.succeede?", []),
        ("charge.[s]ucceeded", []),
        ("charge", []),
    ],
)
def test_star_stands_for_anything_in_a_type(
    client: stripe.StripeClient, paid: list[str], pattern: str, expected: list[str]
) -> None:
    """And nothing else does."""
    assert paid
    assert types(client.v1.events.list({"type": pattern})) == expected


def test_types_are_whole_names(client: stripe.StripeClient, paid: list[str]) -> None:
    """Several of them, without stars, and not beside a single one."""
    assert paid
    assert types(client.v1.events.list({"types": ["charge.*"]})) == []
    with pytest.raises(stripe.InvalidRequestError, match="not both"):
        client.v1.events.list({"type": "charge.*", "types": PAID})


def test_events_are_listed_by_time(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """As every list of what happened."""
    sandbox.clock.fix(1_800_000_000)
    sandbox.expire(checkout(1000).id)
    sandbox.clock.advance(60)
    sandbox.pay(checkout(1000).id)

    assert types(client.v1.events.list({"created": {"lt": 1_800_000_060}})) == [
        "checkout.session.expired"
    ]


def test_events_are_listed_by_whether_their_messages_arrived(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Pending, lost and refused ones did not; those that nobody waited for did."""
    sandbox.expire(checkout(1000).id)
    with Receiver() as listening:
        sandbox.webhooks.endpoint(listening.url)
        sandbox.webhooks.hold()
        sandbox.pay(checkout(1000).id)
        sandbox.webhooks.deliver(1)
        sandbox.webhooks.drop(sandbox.webhooks.pending()[0]["id"])

    arrived = client.v1.events.list({"delivery_success": True})
    not_arrived = client.v1.events.list({"delivery_success": False})

    assert types(arrived) == ["payment_intent.succeeded", "checkout.session.expired"]
    assert types(not_arrived) == ["checkout.session.completed", "charge.succeeded"]


def test_events_of_an_account_are_seen_with_its_header_alone(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Neither list shows the events of the other, nor can they be read there."""
    seller, other = (open_seller(sandbox, client) for _ in range(2))
    sandbox.expire(checkout(1000).id)
    in_account: Any = {"stripe_account": seller}

    [event] = client.v1.events.list({"type": "account.updated"}, in_account).data

    assert event.account == seller
    assert types(client.v1.events.list()) == ["checkout.session.expired"]
    assert client.v1.events.retrieve(event.id, options=in_account).id == event.id
    elsewheres: list[Any] = [{}, {"stripe_account": other}]
    for elsewhere in elsewheres:
        with pytest.raises(stripe.InvalidRequestError, match="No such event"):
            client.v1.events.retrieve(event.id, options=elsewhere)


def test_account_that_left_shows_nothing_more(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """Its header is refused like that of a stranger's."""
    sandbox.deauthorize(seller)

    with pytest.raises(stripe.PermissionError):
        client.v1.events.list(options={"stripe_account": seller})


def test_events_go_back_thirty_days(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Older ones are neither listed nor found."""
    sandbox.clock.fix(1_800_000_000)
    sandbox.expire(checkout(1000).id)
    [event] = client.v1.events.list().data

    sandbox.clock.advance(30 * DAY - 1)
    assert client.v1.events.retrieve(event.id).id == event.id
    sandbox.clock.advance(1)

    assert types(client.v1.events.list()) == []
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        client.v1.events.retrieve(event.id)
