"""Transfers from the platform to connected accounts, and their reversals."""

from paysandbox.currencies import check_currency
from paysandbox.errors import ApiError, Json, missing_parameter
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, Posting
from paysandbox.params import (
    Choice,
    Integer,
    Metadata,
    Text,
    body,
    filters,
    merge_metadata,
    with_notes,
)
from paysandbox.rendering import listing
from paysandbox.resources.account_status import check_can_receive
from paysandbox.resources.charges import available_on, build_destination_payment
from paysandbox.resources.fees import build_fee
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_CREATE = body(
    ("currency", "destination"),
    amount=Integer(1, 99_999_999),
    currency=Text(3),
    description=Text(optional=True),
    destination=Text(255),
    metadata=Metadata(),
    source_transaction=Text(255),
    source_type=Choice(["bank_account", "card", "fpx"]),
    transfer_group=Text(),
)
_NOTES = body(metadata=Metadata(), description=Text(optional=True))


@routes.add(
    "POST /v1/transfers",
    _CREATE,
    types="stripe.params._transfer_create_params:TransferCreateParams",
)
def _create_transfer(call: Call) -> Json:
    """Move money of the platform's, or of one charge, to a connected account."""
    params = call.params
    currency = check_currency(params["currency"], "currency")
    check_can_receive(call.world, params["destination"], "destination")
    charge = _source(call, params.get("source_transaction"))
    whole = 0 if charge is None else _settled(call.world, charge)
    amount: int = params.get("amount") or whole
    group = params.get("transfer_group")
    if charge is None:
        _check_balance(call.world, amount, currency)
    else:
        _check_source(call.world, charge, amount, currency)
        group = group or charge["transfer_group"] or f"group_{charge['id']}"
    transfer = _build(call.world, params | {"amount": amount, "transfer_group": group})
    return call.show(_move(call.world, transfer, charge))


def _source(call: Call, identifier: str | None) -> Json | None:
    if identifier is None:
        return None
    return call.load("charge", identifier, param="source_transaction")


def _check_balance(world: World, amount: int, currency: str) -> None:
    if not amount:
        raise missing_parameter("amount")
    if amount > world.ledger.available_to(PLATFORM, currency):
        message = "You have insufficient available funds in your Stripe account."
        raise ApiError(message, code="balance_insufficient")


def _check_source(world: World, charge: Json, amount: int, currency: str) -> None:
    if charge["refunded"]:
        message = f"Charge {charge['id']} has been refunded; it cannot be a source_transaction."
        raise ApiError(message, code="charge_already_refunded", param="source_transaction")
    if charge["status"] != "succeeded":
        message = "The source_transaction has not succeeded yet; wait for charge.succeeded."
        raise ApiError(message, param="source_transaction")
    settlement = world.exchange.currency_of(charge["currency"])
    if currency != settlement:
        message = (
            f"The currency of source_transaction's balance transaction ({settlement})"
            f" must be the same as the transfer currency ({currency})"
        )
        raise ApiError(message, param="currency")
    left = _left_to_transfer(world, charge)
    if amount > left:
        message = (
            f"Transfers using this transaction as a source must not exceed the source amount of"
            f" {_settled(world, charge)}. (There is {left} left to transfer.)"
        )
        raise ApiError(message, param="amount")


def _left_to_transfer(world: World, charge: Json) -> int:
    """What of a charge goes nowhere yet, nor will with its capture."""
    earlier = world.state.find("transfer", source_transaction=charge["id"])
    moved: int = sum(transfer["amount"] for transfer in earlier)
    if charge["transfer_data"] is not None and charge.get("transfer") is None:
        moved += _settled(world, charge, charge["transfer_data"].get("amount"))
    return _settled(world, charge) - moved


def _settled(world: World, charge: Json, amount: int | None = None) -> int:
    """A part of a charge, or all of it, in the currency of its balance transaction."""
    return world.exchange.settled(amount or charge["amount"], charge["currency"])


def _build(world: World, params: Json) -> Json:
    identifier = new_id("tr_")
    return {
        "id": identifier,
        "object": "transfer",
        "amount": params["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": world.clock.now(),
        "currency": params["currency"].lower(),
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": new_id("py_"),
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "reversals": listing(f"/v1/transfers/{identifier}/reversals", [], 10),
        "reversed": False,
        "source_transaction": params.get("source_transaction"),
        "source_type": params.get("source_type", "card"),
        "transfer_group": params.get("transfer_group"),
        "_by_charge": params.get("by_charge", False),
    }


def _move(world: World, transfer: Json, charge: Json | None) -> Json:
    amount = transfer["amount"]
    moment = None if charge is None else available_on(world, charge)
    ours, theirs = world.ledger.post(
        transfer["currency"],
        Posting(PLATFORM, -amount, "transfer", transfer["id"]),
        Posting(transfer["destination"], amount, "payment", transfer["destination_payment"]),
        available_on=moment,
    )
    payment = build_destination_payment(world, transfer)
    world.save(payment | {"balance_transaction": theirs})
    saved = world.save(transfer | {"balance_transaction": ours})
    world.emit("transfer.created", saved)
    return saved


def send_to_destination(world: World, charge: Json) -> Json:
    """The automatic transfer of a destination charge, and the platform's fee on it.

    The whole charge goes to the destination, which pays the application fee from it; a transfer
    amount of its own moves only that, without a fee.
    """
    destination = charge["transfer_data"]
    fee_amount = charge["application_fee_amount"]
    transfer = _build(
        world,
        {
            "amount": _settled(world, charge, destination.get("amount")),
            "currency": world.exchange.currency_of(charge["currency"]),
            "destination": destination["destination"],
            "by_charge": True,
            "source_transaction": charge["id"],
            "transfer_group": charge["transfer_group"] or f"group_{charge['payment_intent']}",
        },
    )
    if not fee_amount:
        moved = _move(world, transfer, charge)
        return world.save(charge | _traces(moved, None))
    fee = build_fee(world, charge, transfer, _settled(world, charge, fee_amount))
    moved = _move_with_fee(world, transfer, fee, available_on(world, charge))
    return world.save(charge | _traces(moved, fee["id"]))


def _traces(transfer: Json, fee_id: str | None) -> Json:
    return {
        "transfer": transfer["id"],
        "transfer_group": transfer["transfer_group"],
        "application_fee": fee_id,
    }


def _move_with_fee(world: World, transfer: Json, fee: Json, moment: int) -> Json:
    amount, part = transfer["amount"], fee["amount"]
    payment = transfer["destination_payment"]
    ours, theirs, earned = world.ledger.post(
        transfer["currency"],
        Posting(PLATFORM, -amount, "transfer", transfer["id"]),
        Posting(transfer["destination"], amount - part, "payment", payment, part),
        Posting(PLATFORM, part, "application_fee", fee["id"]),
        available_on=moment,
    )
    incoming = build_destination_payment(world, transfer, fee=fee["id"], fee_amount=part)
    world.save(incoming | {"balance_transaction": theirs})
    saved = world.save(transfer | {"balance_transaction": ours})
    world.emit("transfer.created", saved)
    world.emit("application_fee.created", world.save(fee | {"balance_transaction": earned}))
    return saved


@routes.add("GET /v1/transfers", filters(destination=Text(), transfer_group=Text()))
def _list_transfers(call: Call) -> Json:
    """The transfers, newest first."""
    return call.list("transfer")


@routes.add("GET /v1/transfers/{transfer}", body())
def _retrieve_transfer(call: Call) -> Json:
    """One transfer with its reversals."""
    return call.show(call.load("transfer", param="transfer"))


@routes.add(
    "POST /v1/transfers/{transfer}",
    _NOTES,
    types="stripe.params._transfer_update_params:TransferUpdateParams",
)
def _update_transfer(call: Call) -> Json:
    """Change a transfer's notes."""
    transfer = call.load("transfer", param="transfer")
    return call.show(call.world.save(with_notes(transfer, call.params)))
