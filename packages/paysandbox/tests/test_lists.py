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
    """By payment, by status, by buyer and by time."""
    paid = sandbox.pay(sessions[2])
    moment = sandbox.clock.advance(100)
    later = client.v1.checkout.sessions.list
    intent: Any = paid["payment_intent"]

    assert ids(later({"payment_intent": intent})) == [sessions[2]]
    assert ids(later({"status": "complete"})) == [sessions[2]]
    assert ids(later({"customer_details": {"email": "buyer@example.com"}})) == [sessions[2]]
    assert ids(later({"customer": "cus_other"})) == []
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
        {"starting_after": "{session}", "ending_before": "{session}"},
        {"client_reference_id": "order-1"},
        {"status": "paid"},
        {"customer_details": {"name": "Zoe"}},
        {"colour": "red"},
        {"expand": ["payment_intent"]},
        {"expand": ["data.line_items.data.price.product"]},
        {"expand": ["data.colour"]},
    ],
)
def test_ill_formed_lists_are_refused(
    client: stripe.StripeClient, sessions: list[str], params: Any
) -> None:
    """Limits, cursors, filters and expansions are checked."""
    cursor = {"{session}": sessions[2]}
    given: Any = {
        name: cursor.get(value, value) if isinstance(value, str) else value
        for name, value in params.items()
    }
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.list(given)


def test_lists_expand_their_objects(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """`data.` stands for each object of the page."""
    sandbox.pay(sessions[0])

    page = client.v1.checkout.sessions.list(
        {"status": "complete", "expand": ["data.payment_intent.latest_charge", "data.line_items"]}
    )

    assert page.data[0]["payment_intent"]["latest_charge"]["amount"] == 1000
    assert page.data[0]["line_items"]["data"][0]["amount_total"] == 1000


def test_what_is_not_there_yet_expands_to_nothing(
    client: stripe.StripeClient, sessions: list[str]
) -> None:
    """An open session has no payment intent to expand."""
    read = client.v1.checkout.sessions.retrieve(
        sessions[0], {"expand": ["payment_intent.latest_charge"]}
    )

    assert read.payment_intent is None


def test_what_a_charge_leaves_out_expands_to_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, sessions: list[str]
) -> None:
    """It has no transfer, and says nothing of one."""
    sandbox.pay(sessions[0])
    path = "payment_intent.latest_charge.transfer"
    read = client.v1.checkout.sessions.retrieve(sessions[0], {"expand": [path]})

    assert "transfer" not in read["payment_intent"]["latest_charge"]


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


def test_product_of_a_line_comes_back_with_its_metadata(
    client: stripe.StripeClient, checkout: Open
) -> None:
    """Through the session, and through its list of lines."""
    metadata = {"automation": "a1", "fee": "150"}
    product: Any = {"name": "Automation", "metadata": metadata}
    price: Any = {"currency": "eur", "unit_amount": 1000, "product_data": product}
    session = checkout(line_items=[{"quantity": 1, "price_data": price}])

    read = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items.data.price.product"]}
    )
    page = client.v1.checkout.sessions.line_items.list(
        session.id, {"expand": ["data.price.product"]}
    )

    for [line] in (read["line_items"]["data"], page.data):
        assert line["price"]["product"]["metadata"].to_dict() == metadata


def test_lines_are_listed_in_their_order_and_paged_both_ways(
    client: stripe.StripeClient, checkout: Open
) -> None:
    """The first line comes first, and the lines of other sessions are not among them."""
    checkout(900)
    session = checkout(*range(1000, 1005))
    lines = client.v1.checkout.sessions.line_items
    everything = ids(lines.list(session.id))

    pages = lines.list(session.id, {"limit": 2}).auto_paging_iter()
    back = lines.list(session.id, {"limit": 2, "ending_before": everything[3]})

    assert [line.amount_total for line in pages] == [1000, 1001, 1002, 1003, 1004]
    assert (ids(back), back.has_more) == (everything[1:3], True)


def test_money_of_a_period_is_listed(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, checkout: Open
) -> None:
    """Charges, transfers, refunds, disputes and balance transactions, page by page."""
    sandbox.clock.fix(1_800_000_000)
    sandbox.top_up(10_000)
    for _ in range(3):
        session = checkout(1000)
        charge = _charge_of(client, sandbox.pay(session.id))
        transfer: Any = {"amount": 400, "currency": "eur", "destination": seller}
        client.v1.transfers.create(transfer | {"source_transaction": charge})
        sandbox.refund(charge, 100)
        sandbox.dispute(charge)
        sandbox.clock.advance(60)
    period: Any = {"created": {"gte": 1_800_000_060, "lt": 1_800_000_180}, "limit": 1}

    v1 = client.v1
    services: list[Any] = [v1.charges, v1.transfers, v1.refunds, v1.disputes]
    pages = [list(service.list(period).auto_paging_iter()) for service in services]
    moves = list(v1.balance_transactions.list(period).auto_paging_iter())

    assert [len(rows) for rows in pages] == [2, 2, 2, 2]
    assert {row.created for rows in pages for row in rows} == {1_800_000_060, 1_800_000_120}
    spent = v1.balance.retrieve().available[0].amount - 10_000
    assert sum(row.net for row in moves) == spent * 2 // 3


def _charge_of(client: stripe.StripeClient, session: Any) -> str:
    return str(client.v1.payment_intents.retrieve(session["payment_intent"]).latest_charge)


def test_money_is_listed_by_what_it_belongs_to(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, checkout: Open
) -> None:
    """By charge, payment intent, group, destination, source, type and currency."""
    payments = [sandbox.pay(checkout(1000).id) for _ in range(2)]
    charge = _charge_of(client, payments[0])
    transfer: Any = {"amount": 400, "currency": "eur", "destination": seller}
    group = client.v1.transfers.create(
        transfer | {"source_transaction": charge, "transfer_group": "order-1"}
    )
    for payment in payments:
        sandbox.refund(payment["payment_intent"], 100)
    sandbox.dispute(charge)

    v1 = client.v1
    wanted: list[tuple[Any, Any]] = [
        (v1.charges, {"payment_intent": payments[0]["payment_intent"]}),
        (v1.refunds, {"charge": charge}),
        (v1.refunds, {"payment_intent": payments[0]["payment_intent"]}),
        (v1.disputes, {"charge": charge}),
        (v1.disputes, {"payment_intent": payments[0]["payment_intent"]}),
        (v1.transfers, {"transfer_group": "order-1"}),
        (v1.transfers, {"destination": seller}),
        (v1.balance_transactions, {"source": charge}),
        (v1.balance_transactions, {"type": "transfer", "currency": "eur"}),
    ]

    assert [len(service.list(params).data) for service, params in wanted] == [1] * len(wanted)
    assert ids(v1.transfers.list({"destination": "acct_other"})) == []
    assert ids(v1.balance_transactions.list({"currency": "usd"})) == []
    assert ids(v1.transfers.list({"destination": seller})) == [group.id]


def test_balance_of_a_fresh_platform_is_zero(client: stripe.StripeClient) -> None:
    """Before any charge there is one row of nothing."""
    assert client.v1.balance.retrieve().available[0].amount == 0
