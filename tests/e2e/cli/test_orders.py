"""`koda orders` of a data directory."""

from contextlib import closing
from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.journal import SqliteJournal
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import share_held
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import (
    DisputeId,
    EventId,
    FraudWarningId,
    PaymentId,
    ReversalId,
    TransferId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.payments import ChargeChanged
from koda.domain.model.purchases import Purchase
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.settlements import (
    HeldShare,
    LineLoss,
    LineRefund,
    OwedShare,
    PaidShare,
    Refusals,
    Settlement,
    TakenBack,
)
from koda.testing.examples import NOON, an_order
from tests.e2e.cli.program import Koda


@pytest.fixture
def order(koda: Koda) -> Order:
    """One that was paid an hour after it was made."""
    koda.data.mkdir(parents=True, exist_ok=True)
    paid = NOON + timedelta(hours=1)
    opened = an_order()
    share = PaidShare(UserId("user_ada"), (1,), opened.shares[0].net, TransferId("tr_1"))
    again = Refusals(1, NOON + timedelta(hours=2))
    owed = OwedShare(UserId("user_eve"), Money(7, "EUR"), 2, again)
    held = HeldShare(UserId("user_dan"), (1,), Money(5, "EUR"), HoldReason.ACCOUNT, 2)
    decision = RefundDecision(UserId("user_ada"), "it does not run", paid)
    back = LineRefund(1, 1, Money(250, "EUR"), Money(37, "EUR"), decision, waits=HoldReason.PENDING)
    taken = TakenBack(
        share.seller_id, TransferId("tr_1"), 1, Money(212, "EUR"), ReversalId("trr_1")
    )
    dispute = Dispute(DisputeId("dp_1"), Money(100, "EUR"), DisputeState.LOST, "fraudulent")
    loss = LineLoss(dispute.id, 1, dispute.amount, Money(15, "EUR"))
    settlement = Settlement(
        delivered=(1,),
        paid=(share,),
        held=(held,),
        owed=(owed,),
        refunds=(back,),
        taken=(taken,),
        disputes=(dispute,),
        losses=(loss,),
    )
    order = opened.pay(PaymentId("pi_1"), paid, settlement).state
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteOrders(database).add(order)
        SqlitePurchases(database).record([Purchase.of(order, line, paid) for line in order.lines])
    return order


def test_history_of_an_order_is_told_step_by_step(koda: Koda, order: Order) -> None:
    """As lines, and in JSON with amounts in minor units."""
    lines = koda("orders", "show", order.id).out.splitlines()
    told = koda("orders", "show", order.id, "--json").json

    assert lines[0] == f"{order.id}  paid  {order.total}  by {order.buyer_id}"
    kinds = [
        *("order.made", "purchase.recorded", "order.paid"),
        *("refund.decided", "dispute.changed"),
    ]
    assert [line.split("UTC  ")[1].split()[0] for line in lines if "UTC  " in line] == kinds
    assert lines[-7:] == [
        "10.62 EUR for user_ada paid tr_1",
        "2.12 EUR of user_ada taken back trr_1",
        "0.05 EUR for user_dan held: account",
        "0.07 EUR owed by user_eve, asked for again 2026-03-01 14:00:00 UTC",
        "2.50 EUR of line 1 refunded: pending, by user_ada: it does not run",
        "1.00 EUR: dispute lost, dp_1, fraudulent",
        "1.00 EUR of line 1 lost by dp_1",
    ]
    assert [step["kind"] for step in told["steps"]] == kinds
    assert told["steps"][1]["purchase_id"] == f"pur_{order.id.removeprefix('ord_')}_1"
    assert (told["state"], told["payment_id"], told["total"]) == ("paid", "pi_1", order.total.minor)
    assert told["paid"] == [{"seller_id": "user_ada", "net": 1062, "transfer_id": "tr_1"}]
    assert told["held"] == [{"seller_id": "user_dan", "net": 5, "reason": "account"}]
    assert (told["refunds"][0]["waits"], told["refunds"][0]["amount"]) == ("pending", 250)
    assert (told["refunds"][0]["reason"], told["refunds_unmatched"]) == ("it does not run", [])
    assert (told["taken"][0]["amount"], told["taken"][0]["reversal_id"]) == (212, "trr_1")
    assert (told["disputes"][0]["state"], told["disputes"][0]["due_by"]) == ("lost", None)
    assert told["losses"] == [{"dispute_id": "dp_1", "line": 1, "amount": 100, "won_back": False}]


def test_messages_and_money_stand_in_the_history(koda: Koda, order: Order) -> None:
    """Each with what it was, and the provider's id of it."""
    about = About(order.id, NOON + timedelta(hours=1), seller_id=UserId("user_dan"))
    event = ChargeChanged(EventId("evt_1"), "charge.updated", PaymentId("pi_1"))
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteJournal(database).add([share_held(about, Money(5, "EUR"), 2)])
        SqlitePaymentInbox(database).open(event, b"{}", NOON + timedelta(hours=2))

    lines = koda("orders", "show", order.id).out.splitlines()
    steps = koda("orders", "show", order.id, "--json").json["steps"]

    assert "message.received charge.updated evt_1 open" in lines[-8]
    assert any("entry.booked share_held 0.05 EUR user_dan" in line for line in lines)
    assert [step["message"] for step in steps if step["message_id"]] == ["charge.updated"]
    assert [(step["cause"], step["amount"]) for step in steps if step["cause"]] == [
        ("share_held", 5)
    ]


def test_an_order_that_there_is_none_of_is_told(koda: Koda, order: Order) -> None:
    """With the exit code of what was not found."""
    missing = koda("orders", "show", "ord_lost")

    assert (missing.code, "ord_lost" in missing.complaint) == (4, True)


def test_orders_are_listed_by_state_buyer_and_day(koda: Koda, order: Order) -> None:
    """As lines, and in JSON with amounts in minor units."""
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteOrders(database).add(an_order("ord_late", created_at=NOON + timedelta(days=1)))

    everything = koda("orders", "list").out.splitlines()
    (owing,) = koda("orders", "list", "--state", "owing", "--json").json
    (told,) = koda("orders", "list", "--state", "holding", "--to", "2026-03-01", "--json").json

    assert [line.split("UTC  ")[1].split()[0] for line in everything[:2]] == ["ord_late", order.id]
    assert everything[2] == "  0.07 EUR owed by user_eve, asked for again 2026-03-01 14:00:00 UTC"
    assert owing["owed"] == [
        {
            "seller_id": "user_eve",
            "amount": 7,
            "attempts": 1,
            "again_at": (NOON + timedelta(hours=2)).isoformat(),
        }
    ]
    assert everything[1].endswith(f"paid  {order.total}  by {order.buyer_id}  not settled")
    assert koda("orders", "list", "--most", "1").out.splitlines() == everything[:1]
    assert (told["id"], told["payment_id"], told["paid_at"]) == (
        order.id,
        "pi_1",
        (NOON + timedelta(hours=1)).isoformat(),
    )
    assert told["held"] == [{"seller_id": "user_dan", "net": 5, "reason": "account"}]
    for nothing in (("--from", "2026-03-03"), ("--buyer", "user_x"), ("--state", "failed")):
        assert koda("orders", "list", *nothing).out == ""


def test_an_order_is_found_by_its_payment(koda: Koda, order: Order) -> None:
    """As by its own id."""
    assert koda("orders", "show", "pi_1").out == koda("orders", "show", order.id).out


def test_held_money_is_listed_with_what_to_do(koda: Koda, order: Order) -> None:
    """As lines, and in JSON with amounts in minor units; totals are what the books have."""
    since = NOON + timedelta(hours=1)
    about = About(order.id, since, seller_id=UserId("user_dan"))
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteJournal(database).add([share_held(about, Money(5, "EUR"), 2)])

    first, advice, total = koda("orders", "held").out.splitlines()
    told = koda("orders", "held", "--seller", "user_dan", "--json").json

    assert first.endswith(f"UTC  0.05 EUR for user_dan of {order.id}: account")
    assert (advice.strip(), total) == (told["held"][0]["what_to_do"], "0.05 EUR in all")
    assert (told["totals"], told["held"][0]["since"]) == ({"EUR": 5}, since.isoformat())
    assert koda("orders", "held", "--seller", "user_x", "--json").json["held"] == []


def test_open_disputes_are_listed_with_what_to_do(koda: Koda, order: Order) -> None:
    """As lines, and in JSON with amounts in minor units."""
    due = NOON + timedelta(days=7)
    dispute = Dispute(DisputeId("dp_1"), Money(500, "EUR"), DisputeState.OPEN, "fraudulent", due)
    disputed = evolve(order.settlement, disputes=(dispute,))
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteOrders(database).save(evolve(order, settlement=disputed))

    first, advice = koda("disputes", "list").out.splitlines()
    (told,) = koda("disputes", "list", "--json").json

    assert first == f"{due:%Y-%m-%d %H:%M:%S} UTC  dp_1  open  5.00 EUR of {order.id}: fraudulent"
    assert advice.strip() == told["what_to_do"]
    assert (told["order_id"], told["amount"], told["due_by"]) == (order.id, 500, due.isoformat())


def test_fraud_warnings_are_listed_with_what_to_do(koda: Koda, order: Order) -> None:
    """As lines, and in JSON with amounts in minor units."""
    warning = FraudWarning(FraudWarningId("issfr_1"), order.id, "misc", NOON)
    warned = evolve(order.settlement, warnings=(warning,), refunds=(), disputes=())
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteOrders(database).save(evolve(order, settlement=warned))

    first, advice = koda("disputes", "warnings").out.splitlines()
    (told,) = koda("disputes", "warnings", "--json").json

    assert first == f"{NOON:%Y-%m-%d %H:%M:%S} UTC  issfr_1  misc  {order.total} of {order.id}"
    assert advice.strip() == told["what_to_do"]
    assert (told["id"], told["order_id"]) == ("issfr_1", order.id)
