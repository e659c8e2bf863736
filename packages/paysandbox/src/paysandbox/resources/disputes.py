"""Disputes: a buyer's bank takes the money of a charge back, and perhaps returns it."""

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, WORLD, Posting
from paysandbox.params import Boolean, Metadata, Shape, Text, body, filters, merge_metadata
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_ANSWER_TIME = 7 * 24 * 3600
"""Seconds in which evidence can be sent."""

_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
_OPEN = frozenset({"needs_response", "under_review"})
_UPDATE = body(
    evidence=Shape({name: Text(150_000, optional=True) for name in _EVIDENCE}),
    metadata=Metadata(),
    submit=Boolean(),
)


def dispute(world: World, charge: Json, reason: str = "fraudulent") -> Json:
    """The buyer disputes what remains of a charge: the platform loses the money at once.

    Raises:
        ApiError: the charge has not succeeded, was refunded or is disputed.
    """
    amount = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or not amount:
        raise ApiError(f"Charge {charge['id']} cannot be disputed.")
    identifier = new_id("du_")
    with world.state.transaction():
        [transaction] = world.ledger.post(
            charge["currency"],
            Posting(PLATFORM, -amount, "adjustment", identifier, category="dispute"),
            Posting(WORLD, amount),
        )
        dispute = world.save(_build(world, charge, identifier, amount, reason, transaction))
        world.save(charge | {"disputed": True, "_open_dispute": identifier})
        world.emit("charge.dispute.created", dispute)
        world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _build(
    world: World, charge: Json, identifier: str, amount: int, reason: str, transaction: str
) -> Json:
    now = world.clock.now()
    return {
        "id": identifier,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [world.public(world.load("balance_transaction", transaction))],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + _ANSWER_TIME,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def close_dispute(world: World, dispute: Json, *, won: bool) -> Json:
    """The bank decides: a dispute that is won brings the money back.

    Raises:
        ApiError: it is closed already.
    """
    if dispute["status"] not in _OPEN:
        raise ApiError(f"This dispute is already closed as {dispute['status']}.")
    with world.state.transaction():
        closed = dispute | {"status": "won" if won else "lost"}
        if won:
            closed = _reinstate(world, closed)
        world.save(closed)
        charge = world.load("charge", dispute["charge"])
        world.save(charge | {"_open_dispute": None if won else dispute["id"]})
        world.emit("charge.dispute.closed", closed)
    return closed


def _reinstate(world: World, dispute: Json) -> Json:
    [transaction] = world.ledger.post(
        dispute["currency"],
        Posting(WORLD, -dispute["amount"]),
        Posting(
            PLATFORM, dispute["amount"], "adjustment", dispute["id"], category="dispute_reversal"
        ),
    )
    returned = world.public(world.load("balance_transaction", transaction))
    won = dispute | {"balance_transactions": [*dispute["balance_transactions"], returned]}
    world.emit("charge.dispute.funds_reinstated", won)
    return won


@routes.add("GET /v1/disputes", filters(charge=Text(), payment_intent=Text()))
def _list_disputes(call: Call) -> Json:
    """The disputes, newest first."""
    return call.list("dispute")


@routes.add("GET /v1/disputes/{dispute}", body())
def _retrieve_dispute(call: Call) -> Json:
    """One dispute."""
    return call.show(call.load("dispute", param="dispute"))


@routes.add(
    "POST /v1/disputes/{dispute}",
    _UPDATE,
    types="stripe.params._dispute_update_params:DisputeUpdateParams",
)
def _update_dispute(call: Call) -> Json:
    """Send evidence, for good where `submit` is true."""
    dispute = call.load("dispute", param="dispute")
    given = call.params.get("evidence", {})
    submitted = bool(given) and call.params.get("submit", True)
    details = dispute["evidence_details"]
    details |= {
        "has_evidence": details["has_evidence"] or bool(given),
        "submission_count": details["submission_count"] + int(submitted),
    }
    changed = dispute | {
        "evidence": dispute["evidence"] | given,
        "evidence_details": details,
        "metadata": merge_metadata(dispute["metadata"], call.params.get("metadata")),
        "status": "under_review" if submitted else dispute["status"],
    }
    call.world.emit("charge.dispute.updated", changed)
    return call.show(call.world.save(changed))


@routes.add("POST /v1/disputes/{dispute}/close", body())
def _accept_dispute(call: Call) -> Json:
    """Accept a dispute: it is lost."""
    return call.show(close_dispute(call.world, call.load("dispute", param="dispute"), won=False))
