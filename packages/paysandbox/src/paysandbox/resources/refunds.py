"""Refunds: money of a charge that goes back to the card."""

from paysandbox.errors import ApiError, Json, missing_parameter
from paysandbox.ids import new_id
from paysandbox.params import (
    Boolean,
    Choice,
    Integer,
    Metadata,
    Text,
    body,
    filters,
    merge_metadata,
    with_notes,
)
from paysandbox.resources.disputes import disputes_of, undisputed
from paysandbox.resources.fraud_warnings import note_fate
from paysandbox.resources.refund_life import settle_refund, start, take_plan, undone
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_CREATE = body(
    amount=Integer(1),
    charge=Text(255),
    metadata=Metadata(),
    payment_intent=Text(255),
    reason=Choice(["duplicate", "fraudulent", "requested_by_customer"]),
    refund_application_fee=Boolean(),
    reverse_transfer=Boolean(),
)


@routes.add(
    "POST /v1/refunds", _CREATE, types="stripe.params._refund_create_params:RefundCreateParams"
)
def _create_refund(call: Call) -> Json:
    """Give a charge, or a part of it, back to the buyer."""
    params = call.params
    if ("charge" in params) == ("payment_intent" in params):
        if "charge" in params:
            raise ApiError("You may only specify one of these parameters: charge, payment_intent.")
        raise missing_parameter("payment_intent")
    charge = _charge(call)
    return call.show(
        refund(
            call.world,
            charge,
            params.get("amount"),
            reason=params.get("reason"),
            metadata=params.get("metadata"),
            reverse_transfer=params.get("reverse_transfer", False),
            refund_application_fee=params.get("refund_application_fee", False),
        )
    )


def _charge(call: Call) -> Json:
    if "charge" in call.params:
        return call.load("charge", call.params["charge"], param="charge")
    intent = call.load("payment_intent", call.params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        message = (
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
        raise ApiError(message, code="payment_intent_unexpected_state", param="payment_intent")
    return call.load("charge", intent["latest_charge"])


def refund(
    world: World,
    charge: Json,
    amount: int | None = None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
    reverse_transfer: bool = False,
    refund_application_fee: bool = False,
) -> Json:
    """Refund a charge.

    Args:
        world: the sandbox.
        charge: a succeeded charge of the platform's.
        amount: minor units; all that remains unless given.
        reason: why, in Stripe's words.
        metadata: notes of the platform's.
        reverse_transfer: take the same share of the destination's money back.
        refund_application_fee: give the same share of the platform's fee back.

    Raises:
        ApiError: nothing or less remains, or the charge is disputed; then nothing has happened.
    """
    part = _refundable(world, charge, amount)
    wishes = {
        "reverse_transfer": reverse_transfer,
        "refund_application_fee": refund_application_fee,
    }
    _check_wishes(charge, wishes)
    given = {"amount": part, "reason": reason, "metadata": merge_metadata({}, metadata)}
    return _make(world, charge, given | _shares(world, charge, part, wishes))


def _shares(world: World, charge: Json, part: int, wishes: dict[str, bool]) -> Json:
    """What comes back with a refund: its own share, beside those that others took."""
    reverses = wishes["reverse_transfer"]
    others = world.state.find("refund", charge=charge["id"])
    before = sum(other["amount"] for other in others if other["_reverses"] and not undone(other))
    shares = {"fee": wishes["refund_application_fee"], "returned": before + part}
    return {"_reverses": reverses, "_shares": shares if reverses else None}


def _make(world: World, charge: Json, given: Json) -> Json:
    total = charge["amount_refunded"] + given["amount"]
    refunded = {"amount_refunded": total, "refunded": total == charge["amount"]}
    previous = {name: charge[name] for name in refunded}
    with world.state.transaction():
        told = world.save(charge | refunded)
        refund = start(world, _build(world, told, given))
        world.emit("refund.created", refund)
        world.emit("charge.refunded", told, previous=previous)
        note_fate(world, told)
    return refund


def _refundable(world: World, charge: Json, amount: int | None) -> int:
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} has not succeeded and cannot be refunded.")
    if charge["amount"] == charge["amount_refunded"]:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    left = undisputed(world, charge)
    barred = any(not row["is_charge_refundable"] for row in disputes_of(world, charge))
    if not left or barred:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed", param="charge")
    if amount is not None and amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise ApiError(message, param="amount")
    return left if amount is None else amount


def _check_wishes(charge: Json, wishes: dict[str, bool]) -> None:
    if not any(wishes.values()):
        return
    if charge["transfer_data"] is None:
        message = "Cannot reverse the transfer of a charge that has no associated transfer."
        raise ApiError(message, param="reverse_transfer")
    if not wishes["reverse_transfer"]:
        message = "The application fee is refunded only together with reverse_transfer=true."
        raise ApiError(message, param="refund_application_fee")
    if wishes["refund_application_fee"] and not charge["application_fee_amount"]:
        message = f"Charge {charge['id']} has no application fee to refund."
        raise ApiError(message, param="refund_application_fee")


def _build(world: World, charge: Json, given: Json) -> Json:
    return {
        **given,
        "id": new_id("re_"),
        "object": "refund",
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "destination_details": {"type": "card"},
        "payment_intent": charge["payment_intent"],
        "receipt_number": None,
        "source_transfer_reversal": None,
        "transfer_reversal": None,
        "_plan": take_plan(world),
    }


@routes.add("POST /v1/refunds/{refund}/cancel", body())
def _cancel_refund(call: Call) -> Json:
    """Take a refund back that waits for the buyer."""
    refund = call.load("refund", param="refund")
    if refund["status"] != "requires_action":
        message = f"You cannot cancel a refund in status {refund['status']}."
        raise ApiError(message, param="refund")
    return call.show(settle_refund(call.world, refund, "canceled"))


@routes.add("GET /v1/refunds", filters(charge=Text(), payment_intent=Text()))
def _list_refunds(call: Call) -> Json:
    """The refunds, newest first."""
    return call.list("refund")


@routes.add("GET /v1/charges/{charge}/refunds", filters())
def _list_charge_refunds(call: Call) -> Json:
    """The refunds of one charge, newest first."""
    charge = call.load("charge", param="charge")
    return call.list("refund", call.params | {"charge": charge["id"]})


@routes.add("GET /v1/refunds/{refund}", body())
def _retrieve_refund(call: Call) -> Json:
    """One refund."""
    return call.show(call.load("refund", param="refund"))


@routes.add(
    "POST /v1/refunds/{refund}",
    body(metadata=Metadata()),
    types="stripe.params._refund_update_params:RefundUpdateParams",
)
def _update_refund(call: Call) -> Json:
    """Change a refund's notes."""
    refund = call.load("refund", param="refund")
    return call.show(call.world.save(with_notes(refund, call.params)))
