from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, session_of
from paysandbox import Sandbox
from paysandbox.errors import ApiError
from paysandbox.resources.evidence import LONG, MOST, SHORT

Open = Callable[..., stripe.checkout.Session]


@pytest.fixture
def intent(sandbox: Sandbox, checkout: Open, seller: str) -> str:
    """The id of a paid destination charge of 10.00 with a fee of 1.50."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    return str(sandbox.pay(checkout(1000, payment_intent_data=data).id)["payment_intent"])


@pytest.fixture
def dear() -> Iterator[Sandbox]:
    """A sandbox that captures late and takes 15.00 for a dispute, with a charge of 10.00."""
    with Sandbox.start(strict=True, capture_delay=60, dispute_fee=1500) as running:
        session = connect(running).v1.checkout.sessions.create(session_of(1000))
        running.pay(session.id)
        yield running


def dispute_events(sandbox: Sandbox) -> list[str]:
    """The types of the events about disputes, oldest first, without what they share."""
    types = [event["type"] for event in sandbox.events()]
    start = "charge.dispute."
    return [name.removeprefix(start) for name in types if name.startswith(start)]


def test_dispute_takes_the_money_until_it_is_won(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """The platform is debited at once, and credited when it wins."""
    opened = sandbox.dispute(intent, "product_not_received")
    during = sandbox.balance_of("platform")

    closed = sandbox.close_dispute(opened["id"], won=True)

    assert (during, sandbox.balance_of("platform")) == (150 - 1000, 150)
    assert (opened["status"], closed["status"]) == ("needs_response", "won")
    assert [event["type"] for event in sandbox.events() if "dispute" in event["type"]] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]
    sandbox.assert_balanced()


@pytest.mark.parametrize("reason", ["displeased", 500])
def test_dispute_needs_a_reason_of_stripe_s(sandbox: Sandbox, intent: str, reason: Any) -> None:
    """An amount in its place is no reason."""
    with pytest.raises(ValueError, match="A dispute is opened for"):
        sandbox.dispute(intent, reason)


def test_lost_dispute_keeps_the_money(sandbox: Sandbox, intent: str) -> None:
    """And the charge can be refunded no more."""
    sandbox.dispute(intent)

    sandbox.close_dispute(intent, won=False)

    assert sandbox.balance_of("platform") == 150 - 1000
    with pytest.raises(ApiError):
        sandbox.refund(intent)
    with pytest.raises(ApiError):
        sandbox.close_dispute(intent, won=True)


def test_disputed_charge_is_not_refunded(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """Until the dispute is won."""
    sandbox.dispute(intent)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(ApiError):
        sandbox.dispute(intent)

    sandbox.close_dispute(intent, won=True)

    assert caught.value.code == "charge_disputed"
    assert sandbox.refund(intent)["amount"] == 1000


def test_evidence_is_sent_or_the_dispute_accepted(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """Drafts stay drafts until they are submitted."""
    dispute = sandbox.dispute(intent)["id"]

    draft = client.v1.disputes.update(
        dispute, {"evidence": {"access_activity_log": "…"}, "submit": False}
    )
    sent = client.v1.disputes.update(dispute, {"evidence": {"customer_name": "N"}})
    noted = client.v1.disputes.update(dispute, {"metadata": {"a": "1"}})
    lost = client.v1.disputes.close(dispute)

    assert (draft.status, sent.status, noted.status, lost.status) == (
        "needs_response",
        "under_review",
        "under_review",
        "lost",
    )
    assert sent["evidence_details"]["submission_count"] == 1
    assert client.v1.disputes.retrieve(dispute).id == client.v1.disputes.list().data[0].id


@pytest.mark.parametrize("lost_before", [False, True])
@pytest.mark.parametrize(("won", "left"), [(True, 150), (False, 150 - 1000)])
def test_decision_is_appealed(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    intent: str,
    *,
    lost_before: bool,
    won: bool,
    left: int,
) -> None:
    """The bank keeps the money until the card network decides."""
    dispute = sandbox.dispute(intent)["id"]
    client.v1.disputes.update(dispute, {"evidence": {"customer_name": "N"}})
    if lost_before:
        sandbox.close_dispute(intent, won=False)
    open_to = sandbox.appeal(intent)
    filed = client.v1.disputes.update(
        dispute, {"evidence": {"appeal": {"card": {"reason_for_filing": "They have it."}}}}
    )
    held = sandbox.balance_of("platform")
    closed = sandbox.close_dispute(intent, won=won)

    assert (open_to["status"], filed.status) == ("appeal_needs_response", "appeal_under_review")
    assert (held, sandbox.balance_of("platform")) == (150 - 1000, left)
    assert closed["status"] == ("won" if won else "lost")


def test_appeal_takes_its_own_evidence_alone(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """And a dispute that nobody decided is not appealed."""
    dispute = sandbox.dispute(intent)["id"]
    filing: Any = {"evidence": {"appeal": {"card": {"reason_for_filing": "They have it."}}}}
    with pytest.raises(ApiError, match="cannot be appealed"):
        sandbox.appeal(intent)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(dispute, filing)
    sandbox.close_dispute(intent, won=False)
    sandbox.appeal(intent)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(dispute, {"evidence": {"customer_name": "N"}})

    assert client.v1.disputes.update(dispute, filing).status == "appeal_under_review"


def test_dispute_is_found_by_its_payment_only_if_there_is_one(
    sandbox: Sandbox, intent: str
) -> None:
    """A payment without dispute has none to close."""
    with pytest.raises(LookupError):
        sandbox.close_dispute(intent, won=True)


def test_charge_stays_disputed_after_it_is_won(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """Only the dispute itself tells that it is over."""
    dispute = sandbox.dispute(intent)
    sandbox.close_dispute(dispute["id"], won=True)

    read = client.v1.disputes.retrieve(dispute["id"])

    assert client.v1.charges.retrieve(dispute["charge"]).disputed is True
    assert (dispute["is_charge_refundable"], read.is_charge_refundable) == (False, True)


def test_inquiry_takes_no_money(sandbox: Sandbox, client: stripe.StripeClient, intent: str) -> None:
    """It can be answered, is closed without a winner, and the charge can be refunded meanwhile."""
    before = sandbox.balances()
    inquiry = sandbox.dispute(intent, status="warning_needs_response")
    answered = client.v1.disputes.update(inquiry["id"], {"evidence": {"customer_name": "N"}})
    refund = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 1, "reverse_transfer": True}
    )

    closed = sandbox.close_dispute(intent, won=True)

    assert (inquiry["is_charge_refundable"], inquiry["balance_transactions"]) == (True, [])
    assert client.v1.charges.retrieve(inquiry["charge"]).disputed is True
    assert (answered.status, closed["status"]) == ("warning_under_review", "warning_closed")
    assert refund.status == "succeeded"
    assert dispute_events(sandbox) == ["created", "updated", "closed"]
    assert sandbox.balance_of("platform") == before["platform"]["eur"]


def test_inquiry_can_become_a_dispute(sandbox: Sandbox, intent: str) -> None:
    """Then the money is taken."""
    inquiry = sandbox.dispute(intent, status="warning_needs_response")

    dispute = sandbox.escalate(intent)

    assert (dispute["id"], dispute["status"]) == (inquiry["id"], "needs_response")
    assert dispute["is_charge_refundable"] is False
    assert sandbox.balance_of("platform") == 150 - 1000
    assert dispute_events(sandbox) == ["created", "updated", "funds_withdrawn"]
    with pytest.raises(ApiError, match="cannot escalate"):
        sandbox.escalate(intent)


def test_inquiry_about_a_refunded_charge_cannot_become_a_dispute(
    sandbox: Sandbox, intent: str
) -> None:
    """There is nothing left to take."""
    sandbox.dispute(intent, status="warning_needs_response")
    sandbox.refund(intent, reverse_transfer=True, refund_application_fee=True)

    with pytest.raises(ApiError, match="cannot escalate"):
        sandbox.escalate(intent)


def test_prevented_dispute_takes_no_money(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """It is closed from the start."""
    dispute = sandbox.dispute(intent, status="prevented")

    assert (dispute["status"], dispute["balance_transactions"]) == ("prevented", [])
    assert sandbox.balance_of("platform") == 150
    with pytest.raises(ApiError, match="already closed as prevented"):
        sandbox.close_dispute(intent, won=False)


def test_dispute_can_be_of_a_part(sandbox: Sandbox, intent: str) -> None:
    """Several in a row take no more than is left; once one is lost, nothing is refunded."""
    first = sandbox.dispute(intent, amount=300)
    sandbox.close_dispute(first["id"], won=False)
    with pytest.raises(ApiError, match="cannot be disputed"):
        sandbox.dispute(intent, amount=701)
    second = sandbox.dispute(intent)
    sandbox.close_dispute(second["id"], won=True)

    with pytest.raises(ApiError, match="charged back"):
        sandbox.refund(intent, 100)

    assert (first["amount"], second["amount"]) == (300, 700)
    sandbox.assert_balanced()


def test_dispute_costs_its_fee_won_or_lost(dear: Sandbox) -> None:
    """It stands in the balance transaction; a charge that waits is captured before."""
    dispute = dear.dispute(dear.objects("charge")[0]["id"])

    won = dear.close_dispute(dispute["id"], won=True)

    taken, returned = won["balance_transactions"]
    assert (taken["amount"], taken["fee"], taken["net"]) == (-1000, 1500, -2500)
    assert taken["fee_details"][0]["type"] == "stripe_fee"
    assert (returned["amount"], returned["fee"]) == (1000, 0)
    assert dear.balance_of("platform") == 1000 - 1500
    dear.assert_balanced()


@pytest.mark.parametrize(
    ("options", "error"),
    [({"amount": 0}, ApiError), ({"amount": 1001}, ApiError), ({"status": "lost"}, ValueError)],
)
def test_impossible_disputes_are_refused(
    sandbox: Sandbox, intent: str, options: Any, error: type[Exception]
) -> None:
    """Of nothing, of more than there is, or decided from the start."""
    with pytest.raises(error):
        sandbox.dispute(intent, **options)

    assert sandbox.objects("dispute") == []


@pytest.mark.parametrize("won", [False, True])
def test_decided_dispute_takes_no_evidence(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str, *, won: bool
) -> None:
    """Nor is it decided again; notes can still be made."""
    dispute = sandbox.dispute(intent)["id"]
    status = sandbox.close_dispute(dispute, won=won)["status"]

    with pytest.raises(stripe.InvalidRequestError, match="takes no evidence"):
        client.v1.disputes.update(dispute, {"evidence": {"customer_name": "N"}})
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.close(dispute)

    assert client.v1.disputes.update(dispute, {"metadata": {"a": "1"}}).status == status


def test_evidence_has_the_lengths_of_stripes_document(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """20,000 characters for eight texts, 5,000 for ten, 150,000 altogether."""
    dispute = sandbox.dispute(intent)["id"]

    def send(**evidence: str) -> stripe.Dispute:
        params: Any = {"evidence": evidence, "submit": False}
        return client.v1.disputes.update(dispute, params)

    assert (len(LONG), len(SHORT)) == (8, 10)
    for name, length in [(LONG[0], 20_000), (SHORT[0], 5_000)]:
        assert send(**{name: "x" * length}).status == "needs_response"
        with pytest.raises(stripe.InvalidRequestError, match=name):
            send(**{name: "x" * (length + 1)})
    for name in LONG[:7]:
        send(**{name: "x" * 20_000})
    with pytest.raises(stripe.InvalidRequestError, match=str(MOST)):
        send(**{LONG[7]: "x" * 10_000})


def test_early_fraud_warning_is_told_and_listed(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """It can be acted on until the charge is disputed or refunded."""
    warning = sandbox.warn_of_fraud(intent, "made_with_stolen_card")

    listed = client.v1.radar.early_fraud_warnings.list({"payment_intent": intent}).data
    sandbox.dispute(intent)
    read = client.v1.radar.early_fraud_warnings.retrieve(warning["id"])

    assert [row.id for row in listed] == [warning["id"]]
    assert (listed[0].actionable, read.actionable) == (True, False)
    assert read.fraud_type == "made_with_stolen_card"
    assert [event["type"] for event in sandbox.events() if "radar" in event["type"]] == [
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
    ]


def test_refund_in_part_leaves_a_warning_actionable(sandbox: Sandbox, intent: str) -> None:
    """The rest can still be refunded before it is disputed."""
    sandbox.warn_of_fraud(intent)
    sandbox.refund(intent, 1)
    first = sandbox.objects("radar.early_fraud_warning")[0]["actionable"]
    sandbox.refund(intent)

    assert first is True
    assert sandbox.objects("radar.early_fraud_warning")[0]["actionable"] is False
