"""`koda refunds` and `koda disputes` beside a site."""

from koda.entrypoints.samples.catalogue import BUYER
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda
from tests.e2e.flows.caller import Caller


def test_it_refunds_assigns_lists_and_answers(koda: Koda, serve: Serve) -> None:
    """Refunds in part and at the provider itself, what a buyer asks for, and a dispute."""
    serving = serve("--samples", "--workers", "1")
    buyer, sandbox = Caller.sign_in(serving.site, BUYER.id), serving.site.sandbox
    first, second = (item["id"] for item in buyer.done("GET", "/automations")["items"][:2])
    order_id, session = buyer.check_out(first, second)
    sandbox.pay(session)
    sandbox.capture(session)

    command = "refunds", "make", order_id, "1", "--amount", "1", "--why", "it does not run"
    made = koda(*command)
    assert made.code == 0, made.err
    assert made.out.startswith("1.00 EUR of line 1 re_")
    assert "by koda:operator: it does not run\n" in made.out
    assert made.out.endswith(" EUR of line 1 is left.\n")
    repeated = koda(*command)
    assert (repeated.code, "Use --again" in repeated.err) == (2, True), repeated.err
    too_much = koda("refunds", "make", order_id, "1", "--amount", "1000", "--why", "it is free")
    assert (too_much.code, "must be at most" in too_much.err) == (2, True)
    refund_id = sandbox.refund(session, 200)["id"]
    assigned = koda(
        "refunds", "assign", order_id, refund_id, "--line", "2", "2", "--why", "by mail"
    )
    assert assigned.code == 0, assigned.err

    buyer.done("POST", f"/orders/{order_id}/lines/2/refund-request", {"reason": "It is broken."})
    (waiting,) = koda("refunds", "requests", "--json").json
    assert (waiting["order_id"], waiting["line"], waiting["overdue"]) == (order_id, 2, False)
    assert "It is broken." in koda("refunds", "requests").out
    assert koda("refunds", "refuse", order_id, "2", "--why", "it is not").code == 0
    assert koda("refunds", "requests").out == ""
    assert "refused: It is broken., by koda:operator: it is not" in (
        koda("orders", "show", order_id).out
    )

    owing = koda("orders", "write-off", order_id, "user_none", "--why", "she sells no more")
    assert (owing.code, "user_none owes nothing of order" in owing.err) == (5, True)

    ended = koda("refunds", "list", "--json")
    assert ended.code == 0, ended.err
    told = ended.json
    assert [(refund["line"], refund["amount"]) for refund in told] == [(1, 100), (2, 200)]
    assert {refund["refund_id"] for refund in told} >= {refund_id}
    dispute_id = sandbox.dispute(session, amount=100)["id"]
    assert koda("reconcile").code in {0, 1}
    evidence = koda("disputes", "evidence", order_id, dispute_id)
    assert evidence.out.startswith(f"Order {order_id} of the account {BUYER.id}"), evidence.err
    answered = koda("disputes", "answer", order_id, dispute_id, "--why", "the buyer has it")
    assert answered.code == 0, answered.err
    (dispute,) = koda("disputes", "list", "--json").json
    assert (dispute["id"], dispute["answered"]) == (dispute_id, True)
    assert "evidence was sent" in koda("orders", "show", order_id).out
    assert [(refund["arrived"], refund["cause"]) for refund in told] == [
        (100, "decided"),
        (200, "elsewhere"),
    ]
    lines = koda("refunds", "list").out.splitlines()
    assert lines[-1] == "3.00 EUR arrived in all"
    assert any("1.00 EUR" in line and "it does not run" in line for line in lines)
