"""Disputes: a buyer's bank takes money of a charge back, and perhaps returns it."""

from attrs import evolve

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, WORLD, Posting
from paysandbox.resources.captures import capture, is_captured
from paysandbox.resources.evidence import no_evidence
from paysandbox.resources.fraud_warnings import note_fate
from paysandbox.world import World

INQUIRY = frozenset({"warning_needs_response", "warning_under_review"})
"""Statuses in which the bank only asks: no money moves, and the charge can be refunded."""

DISPUTED = frozenset({"needs_response", "under_review"})
"""Statuses in which the money is taken until the bank decides."""

APPEALED = frozenset({"appeal_needs_response", "appeal_under_review"})
"""Statuses in which the bank has decided, and the card network may decide anew:
https://docs.stripe.com/disputes/arbitration."""

STARTS = frozenset({"needs_response", "warning_needs_response", "prevented"})
"""Statuses that a dispute can begin with."""

REASONS = frozenset(
    {
        "bank_cannot_process",
        "check_returned",
        "credit_not_processed",
        "customer_initiated",
        "debit_not_authorized",
        "duplicate",
        "fraudulent",
        "general",
        "incorrect_account_details",
        "insufficient_funds",
        "noncompliant",
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "unrecognized",
    }
)
"""Why a buyer's bank questions a charge:
https://docs.stripe.com/api/disputes/object#dispute_object-reason."""

_ANSWER_TIME = 7 * 24 * 3600
"""Seconds in which evidence can be sent."""


def dispute(
    world: World,
    charge: Json,
    reason: str = "fraudulent",
    amount: int | None = None,
    status: str = "needs_response",
) -> Json:
    """The buyer disputes a charge: the platform loses the money at once, and the dispute's fee.

    Args:
        world: the sandbox.
        charge: a succeeded charge without an open dispute.
        reason: why, in Stripe's words.
        amount: minor units; all that is left of the charge unless given.
        status: `needs_response`; or `warning_needs_response`, an inquiry, or `prevented`, which
            both take no money.

    Raises:
        ApiError: the charge has not succeeded, or less is left of it.
        ValueError: no dispute begins with that status, or for that reason.
    """
    if reason not in REASONS:
        raise ValueError(f"A dispute is opened for {', '.join(sorted(REASONS))}, not {reason}")
    if status not in STARTS:
        raise ValueError(f"A dispute begins as {', '.join(sorted(STARTS))}, not {status}")
    left = undisputed(world, charge)
    part = left if amount is None else amount
    if charge["status"] != "succeeded" or open_dispute(world, charge) or not 0 < part <= left:
        raise ApiError(f"Charge {charge['id']} cannot be disputed.")
    with world.state.transaction():
        if not is_captured(charge):
            charge = capture(world, charge)
        fresh = world.save(_build(world, charge, part, reason, status))
        disputed = world.save(charge | {"disputed": True})
        taken = _withdraw(world, fresh) if status in DISPUTED else fresh
        world.emit("charge.dispute.created", taken)
        if taken["balance_transactions"]:
            world.emit("charge.dispute.funds_withdrawn", taken)
        note_fate(world, disputed)
    return taken


def undisputed(world: World, charge: Json) -> int:
    """Minor units of a charge that were neither refunded nor lost in a dispute."""
    gone = APPEALED | {"lost"}
    lost = sum(row["amount"] for row in disputes_of(world, charge) if row["status"] in gone)
    return int(charge["amount"] - charge["amount_refunded"] - lost)


def open_dispute(world: World, charge: Json) -> Json | None:
    """The dispute or inquiry about a charge that is not decided, or nothing."""
    undecided = INQUIRY | DISPUTED | APPEALED
    return next((row for row in disputes_of(world, charge) if row["status"] in undecided), None)


def disputes_of(world: World, charge: Json) -> list[Json]:
    """All disputes of a charge, oldest first."""
    return world.state.find("dispute", charge=charge["id"])


def _build(world: World, charge: Json, amount: int, reason: str, status: str) -> Json:
    now = world.clock.now()
    return {
        "id": new_id("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": no_evidence(),
        "evidence_details": {
            "due_by": now + _ANSWER_TIME,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status not in DISPUTED,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": status,
    }


def _withdraw(world: World, dispute: Json) -> Json:
    amount, fee = _settled(world, dispute), world.dispute_fee
    taken = Posting(
        PLATFORM, -amount - fee, "adjustment", dispute["id"], fee=fee, category="dispute"
    )
    return _moved(world, dispute, taken)


def _settled(world: World, dispute: Json) -> int:
    return world.exchange.settled(dispute["amount"], dispute["currency"])


def _moved(world: World, dispute: Json, ours: Posting) -> Json:
    currency = world.exchange.currency_of(dispute["currency"])
    rate = world.exchange.rate_of(dispute["currency"])
    priced = evolve(ours, rate=rate)
    [transaction] = world.ledger.post(currency, priced, Posting(WORLD, -ours.net))
    shown = world.public(world.load("balance_transaction", transaction))
    moved = {"balance_transactions": [*dispute["balance_transactions"], shown]}
    return world.save(dispute | moved)


def escalate(world: World, dispute: Json) -> Json:
    """An inquiry becomes a dispute: now the money is taken.

    Raises:
        ApiError: it is no open inquiry, or less is left of the charge.
    """
    charge = world.load("charge", dispute["charge"])
    enough = dispute["amount"] <= undisputed(world, charge)
    if dispute["status"] not in INQUIRY or not enough:
        raise ApiError(f"Dispute {dispute['id']} is {dispute['status']} and cannot escalate.")
    due = dispute["evidence_details"] | {"due_by": world.clock.now() + _ANSWER_TIME}
    serious = {
        "status": "needs_response",
        "is_charge_refundable": False,
        "evidence_details": due,
    }
    with world.state.transaction():
        taken = _withdraw(world, dispute | serious)
        world.emit("charge.dispute.updated", taken, previous={"status": dispute["status"]})
        world.emit("charge.dispute.funds_withdrawn", taken)
    return taken


def appeal(world: World, dispute: Json) -> Json:
    """The bank decides for the buyer, or has, and the platform may ask the card network.

    The money stays with the bank. Stripe's documents do not say whether a dispute that may be
    appealed was `lost` before, so that either may be.

    Raises:
        ApiError: it is neither lost nor under review.
    """
    if dispute["status"] not in {"under_review", "lost"}:
        message = f"Dispute {dispute['id']} is {dispute['status']} and cannot be appealed."
        raise ApiError(message)
    due = dispute["evidence_details"] | {"due_by": world.clock.now() + _ANSWER_TIME}
    with world.state.transaction():
        open_to = {"status": "appeal_needs_response", "evidence_details": due}
        appealed = world.save(dispute | open_to)
        world.emit("charge.dispute.updated", appealed, previous={"status": dispute["status"]})
    return appealed


def close_dispute(world: World, dispute: Json, *, won: bool) -> Json:
    """The bank decides: a dispute that is won brings the money back, without its fee.

    An inquiry that is closed took no money, however it ends. A lost one stays so, unless it is
    appealed.

    Raises:
        ApiError: it is closed already.
    """
    if dispute["status"] not in INQUIRY | DISPUTED | APPEALED:
        raise ApiError(f"This dispute is already closed as {dispute['status']}.")
    with world.state.transaction():
        if dispute["status"] in INQUIRY:
            closed = world.save(dispute | {"status": "warning_closed"})
        elif won:
            closed = _reinstate(world, dispute | {"status": "won", "is_charge_refundable": True})
        else:
            closed = world.save(dispute | {"status": "lost"})
        world.emit("charge.dispute.closed", closed)
    return closed


def _reinstate(world: World, dispute: Json) -> Json:
    amount = _settled(world, dispute)
    returned = Posting(PLATFORM, amount, "adjustment", dispute["id"], category="dispute_reversal")
    won = _moved(world, dispute, returned)
    world.emit("charge.dispute.funds_reinstated", won)
    return won
