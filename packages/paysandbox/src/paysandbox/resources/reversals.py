"""Reversals: money of a transfer that comes back to the platform."""

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, Posting
from paysandbox.params import Boolean, Integer, Metadata, Text, body, merge_metadata, paging
from paysandbox.rendering import with_newest
from paysandbox.resources.fees import refund_fee
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_CREATE = body(
    amount=Integer(1),
    description=Text(optional=True),
    metadata=Metadata(),
    refund_application_fee=Boolean(),
)


@routes.add(
    "POST /v1/transfers/{transfer}/reversals",
    _CREATE,
    types="stripe.params._transfer_reversal_create_params:TransferReversalCreateParams",
)
def _create_reversal(call: Call) -> Json:
    """Take back a transfer or a part of it."""
    transfer = call.load("transfer", param="transfer")
    remaining = transfer["amount"] - transfer["amount_reversed"]
    amount = call.params.get("amount", remaining)
    if amount > remaining or not remaining:
        message = f"Reversal amount ({amount}) is greater than the unreversed amount ({remaining})."
        raise ApiError(message, param="amount")
    fee = fee_of(call.world, transfer)
    if call.params.get("refund_application_fee") and fee is not None:
        refund_share(call.world, fee, transfer["amount_reversed"] + amount, transfer["amount"])
    reversal = reverse(call.world, transfer, amount, metadata=call.params.get("metadata"))
    return call.show(reversal)


def fee_of(world: World, transfer: Json) -> Json | None:
    """The application fee that the destination paid on a transfer, if any."""
    return world.state.first("application_fee", charge=transfer["destination_payment"])


def refund_share(world: World, fee: Json, returned: int, whole: int) -> None:
    """Refund so much of a fee that `returned / whole` of it has been refunded, rounded down."""
    amount = min(fee["amount"] * returned // whole, fee["amount"]) - fee["amount_refunded"]
    if amount > 0:
        refund_fee(world, fee, amount)


def reverse(
    world: World,
    transfer: Json,
    amount: int,
    *,
    metadata: dict[str, str] | None = None,
    refund_id: str | None = None,
) -> Json:
    """Take `amount` minor units of a transfer back.

    Where a charge made the transfer, the connected account's balance may fall below zero; what
    comes in later fills it. A transfer of the platform's own needs what the account can spend:
    https://docs.stripe.com/connect/separate-charges-and-transfers#reverse-transfers.

    Raises:
        ApiError: the connected account's balance does not suffice.
    """
    if not transfer["_by_charge"]:
        _check_balance(world, transfer, amount)
    notes = {"metadata": merge_metadata({}, metadata), "source_refund": refund_id}
    reversal = _move_back(world, transfer, amount, notes)
    _note_reversal(world, transfer, reversal)
    return reversal


def _move_back(world: World, transfer: Json, amount: int, notes: Json) -> Json:
    identifier, payment_refund = new_id("trr_"), new_id("pyr_")
    ours, _ = world.ledger.post(
        transfer["currency"],
        Posting(PLATFORM, amount, "transfer_refund", identifier),
        Posting(transfer["destination"], -amount, "payment_refund", payment_refund),
    )
    return world.save(
        {
            **notes,
            "id": identifier,
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": ours,
            "created": world.clock.now(),
            "currency": transfer["currency"],
            "destination_payment_refund": payment_refund,
            "transfer": transfer["id"],
        }
    )


def _check_balance(world: World, transfer: Json, amount: int) -> None:
    seller = transfer["destination"]
    if world.ledger.available_to(seller, transfer["currency"]) < amount:
        message = (
            f"The account {seller} has insufficient funds in its balance to reverse this transfer."
        )
        raise ApiError(message, code="balance_insufficient")


def _note_reversal(world: World, transfer: Json, reversal: Json) -> None:
    total = transfer["amount_reversed"] + reversal["amount"]
    saved = world.save(
        transfer
        | {
            "amount_reversed": total,
            "reversed": total == transfer["amount"],
            "reversals": with_newest(transfer["reversals"], world.public(reversal)),
        }
    )
    world.emit("transfer.reversed", saved)


@routes.add("GET /v1/transfers/{transfer}/reversals", paging())
def _list_reversals(call: Call) -> Json:
    """The reversals of one transfer, newest first."""
    transfer = call.load("transfer", param="transfer")
    return call.list("transfer_reversal", call.params | {"transfer": transfer["id"]})


@routes.add("GET /v1/transfers/{transfer}/reversals/{reversal}", body())
def _retrieve_reversal(call: Call) -> Json:
    """One reversal."""
    return call.show(call.load("transfer_reversal", call.ids[1]))
