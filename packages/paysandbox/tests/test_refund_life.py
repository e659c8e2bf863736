from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from paysandbox import Sandbox
from paysandbox.errors import ApiError

Open = Callable[..., stripe.checkout.Session]
TOLD = ("refund.", "charge.refund")


@pytest.fixture
def charge(sandbox: Sandbox, checkout: Open) -> str:
    """The id of a charge of 10.00 that stayed with the platform."""
    sandbox.pay(checkout(1000).id)
    return str(sandbox.objects("charge")[0]["id"])


@pytest.fixture
def late() -> Iterator[Sandbox]:
    """A sandbox that captures late, at a time that stands still."""
    with Sandbox.start(strict=True, capture_delay=5) as running:
        running.clock.fix(1_800_000_000)
        yield running


def told(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What was told about refunds, each with the status of the object."""
    events = [event for event in sandbox.events() if event["type"].startswith(TOLD)]
    return [(event["type"], event["data"]["object"]["status"]) for event in events]


def give_back(client: stripe.StripeClient, charge: str, **more: Any) -> stripe.Refund:
    """Refund a charge."""
    params: Any = {"charge": charge, **more}
    return client.v1.refunds.create(params)


def test_pending_refund_succeeds_when_the_provider_says_so(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """Its money has left before, and each step is told."""
    sandbox.plan_refund("pending")
    refund = give_back(client, charge)
    left = sandbox.balance_of("platform")

    done = sandbox.settle_refund(refund.id)

    assert (refund.status, refund.pending_reason, left) == ("pending", "processing", 0)
    assert (done["status"], "pending_reason" in done) == ("succeeded", False)
    assert told(sandbox) == [
        ("refund.created", "pending"),
        ("charge.refunded", "succeeded"),
        ("refund.updated", "succeeded"),
        ("charge.refund.updated", "succeeded"),
    ]
    sandbox.assert_balanced()


@pytest.mark.parametrize("reason", ["insufficient_funds", "charge_pending"])
def test_refund_can_be_pending_whatever_the_balance(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str, reason: str
) -> None:
    """It waits, without money, until it is settled by hand."""
    sandbox.plan_refund("pending", reason)
    refund = give_back(client, charge)

    read = client.v1.refunds.retrieve(refund.id)

    assert (read.status, read.pending_reason) == ("pending", reason)
    assert read.balance_transaction is None
    assert sandbox.balance_of("platform") == 1000
    assert sandbox.settle_refund(refund.id)["balance_transaction"]
    assert sandbox.balance_of("platform") == 0


def test_refund_beyond_the_balance_waits_for_money(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str, seller: str
) -> None:
    """And is paid by itself once there is enough."""
    client.v1.transfers.create(
        {"amount": 850, "currency": "eur", "destination": seller, "source_transaction": charge}
    )
    refund = give_back(client, charge)

    sandbox.top_up(849)
    still = client.v1.refunds.retrieve(refund.id)
    sandbox.top_up(1)

    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert still.status == "pending"
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert sandbox.balance_of("platform") == 0
    assert told(sandbox)[2:] == [
        ("refund.updated", "succeeded"),
        ("charge.refund.updated", "succeeded"),
    ]


def test_refund_of_a_charge_without_capture_waits_for_it(late: Sandbox) -> None:
    """Then seller and platform give their shares."""
    client = connect(late)
    seller = open_seller(late, client)
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    late.pay(client.v1.checkout.sessions.create(session_of(1000, payment_intent_data=data)).id)
    charge = late.objects("charge")[0]["id"]
    refund = give_back(client, charge, reverse_transfer=True, refund_application_fee=True)

    with pytest.raises(ApiError, match="waits for its capture"):
        late.settle_refund(refund.id)
    late.capture(charge)
    read = client.v1.refunds.retrieve(refund.id)

    assert (refund.status, refund.pending_reason) == ("pending", "charge_pending")
    assert refund.transfer_reversal is None
    assert (read.status, bool(read.transfer_reversal)) == ("succeeded", True)
    assert late.balances() == {"world": {"eur": 0}, "platform": {"eur": 0}, seller: {"eur": 0}}
    late.assert_balanced()


def test_failed_refund_brings_the_money_back(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """Even one that had succeeded; the charge can be refunded again."""
    refund = give_back(client, charge, amount=400)

    failed = sandbox.settle_refund(refund.id, "failed", "lost_or_stolen_card")

    read = client.v1.charges.retrieve(charge)
    assert (failed["status"], failed["failure_reason"]) == ("failed", "lost_or_stolen_card")
    assert (read.amount_refunded, read.refunded) == (0, False)
    assert sandbox.balance_of("platform") == 1000
    back = client.v1.balance_transactions.retrieve(failed["failure_balance_transaction"])
    assert (back.type, back.amount, back.source) == ("refund_failure", 400, refund.id)
    assert told(sandbox)[2:] == [
        ("refund.failed", "failed"),
        ("refund.updated", "failed"),
        ("charge.refund.updated", "failed"),
    ]
    assert give_back(client, charge).amount == 1000
    sandbox.assert_balanced()


def test_refund_that_is_planned_to_fail_does_so_a_moment_later(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """The answer says pending; without money that moved none comes back."""
    sandbox.plan_refund("failed", "declined")
    refund = give_back(client, charge)

    read = client.v1.refunds.retrieve(refund.id)

    assert (refund.status, read.status, read.failure_reason) == ("pending", "failed", "declined")


def test_failed_refund_whose_money_never_left_brings_none(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """There is no balance transaction of its failure."""
    sandbox.plan_refund("pending", "insufficient_funds")
    refund = give_back(client, charge)

    failed = sandbox.settle_refund(refund.id, "failed")

    assert failed["failure_reason"] == "unknown"
    assert "failure_balance_transaction" not in failed
    assert sandbox.balance_of("platform") == 1000


def test_refund_that_waits_for_the_buyer_can_be_cancelled(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """The platform has its money again, and the charge its amount."""
    sandbox.plan_refund("requires_action")
    refund = give_back(client, charge, amount=400)

    cancelled = client.v1.refunds.cancel(refund.id)

    assert refund.status == "requires_action"
    assert refund.next_action is not None
    assert (cancelled.status, "next_action" in cancelled) == ("canceled", False)
    assert client.v1.charges.retrieve(charge).amount_refunded == 0
    assert sandbox.balance_of("platform") == 1000
    assert told(sandbox)[-1] == ("charge.refund.updated", "canceled")


@pytest.mark.parametrize("status", ["succeeded", "pending"])
def test_other_refunds_cannot_be_cancelled(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str, status: str
) -> None:
    """Only the buyer's answer is waited for."""
    sandbox.plan_refund(status)
    refund = give_back(client, charge)

    with pytest.raises(stripe.InvalidRequestError, match=status):
        client.v1.refunds.cancel(refund.id)


@pytest.mark.parametrize(
    ("first", "then"), [("failed", "succeeded"), ("canceled", "failed"), ("succeeded", "canceled")]
)
def test_refund_that_has_ended_stays_so(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str, first: str, then: str
) -> None:
    """A failure of a refund that had succeeded is the one exception."""
    sandbox.plan_refund("requires_action")
    refund = give_back(client, charge)
    sandbox.settle_refund(refund.id, first)

    with pytest.raises(ApiError, match="cannot become"):
        sandbox.settle_refund(refund.id, then)


@pytest.mark.parametrize(("status", "reason"), [("canceled", None), ("pending", "weather")])
def test_impossible_plan_of_a_refund_is_refused(
    sandbox: Sandbox, status: str, reason: str | None
) -> None:
    """Before there is a refund."""
    with pytest.raises(ValueError, match=status if reason is None else reason):
        sandbox.plan_refund(status, reason)


def test_plans_are_met_in_their_order(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """One refund each; then they succeed again."""
    sandbox.plan_refund("pending")
    sandbox.plan_refund("requires_action")

    statuses = [give_back(client, charge, amount=10).status for _ in range(3)]

    assert statuses == ["pending", "requires_action", "succeeded"]
