"""Application fees: the platform's part of a destination charge, and their refunds."""

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, Posting
from paysandbox.params import Integer, Metadata, Text, body, filters, merge_metadata, paging
from paysandbox.rendering import listing, with_newest
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()


def build_fee(world: World, charge: Json, transfer: Json, amount: int) -> Json:
    """The fee on a charge whose money goes to the transfer's destination."""
    identifier = new_id("fee_")
    return {
        "id": identifier,
        "object": "application_fee",
        "account": transfer["destination"],
        "amount": amount,
        "amount_refunded": 0,
        "application": "ca_sandbox",
        "balance_transaction": None,
        "charge": transfer["destination_payment"],
        "created": world.clock.now(),
        "currency": transfer["currency"],
        "fee_source": {"charge": transfer["destination_payment"], "type": "charge"},
        "livemode": False,
        "originating_transaction": charge["id"],
        "refunded": False,
        "refunds": listing(f"/v1/application_fees/{identifier}/refunds", [], 10),
    }


@routes.add("GET /v1/application_fees", filters(charge=Text()))
def _list_fees(call: Call) -> Json:
    """The platform's fees, newest first."""
    return call.list("application_fee")


@routes.add("GET /v1/application_fees/{fee}", body())
def _retrieve_fee(call: Call) -> Json:
    """One fee with its refunds."""
    return call.show(call.load("application_fee"))


@routes.add("GET /v1/application_fees/{fee}/refunds", paging())
def _list_fee_refunds(call: Call) -> Json:
    """The refunds of one fee, newest first."""
    fee = call.load("application_fee")
    return call.list("fee_refund", call.params | {"fee": fee["id"]})


@routes.add(
    "POST /v1/application_fees/{fee}/refunds",
    body(amount=Integer(1), metadata=Metadata()),
    types="stripe.params._application_fee_refund_create_params:ApplicationFeeRefundCreateParams",
)
def _create_fee_refund(call: Call) -> Json:
    """Give a fee, or a part of it, back to the connected account."""
    fee = call.load("application_fee")
    remaining = fee["amount"] - fee["amount_refunded"]
    amount = call.params.get("amount", remaining)
    if amount > remaining or not remaining:
        message = f"Refund amount ({amount}) is greater than the unrefunded fee ({remaining})."
        raise ApiError(message, param="amount")
    return call.show(refund_fee(call.world, fee, amount, call.params.get("metadata")))


def refund_fee(
    world: World, fee: Json, amount: int, metadata: dict[str, str] | None = None
) -> Json:
    """Move `amount` minor units of a fee back, which must not be more than remains."""
    identifier = new_id("fr_")
    ours, _ = world.ledger.post(
        fee["currency"],
        Posting(PLATFORM, -amount, "application_fee_refund", identifier),
        Posting(fee["account"], amount, "adjustment", identifier, category="fee"),
    )
    refund = world.save(
        {
            "id": identifier,
            "object": "fee_refund",
            "amount": amount,
            "balance_transaction": ours,
            "created": world.clock.now(),
            "currency": fee["currency"],
            "fee": fee["id"],
            "metadata": merge_metadata({}, metadata),
        }
    )
    _note_refund(world, fee, refund)
    return refund


def _note_refund(world: World, fee: Json, refund: Json) -> None:
    refunded = fee["amount_refunded"] + refund["amount"]
    refunds = with_newest(fee["refunds"], world.public(refund))
    saved = world.save(
        fee
        | {
            "amount_refunded": refunded,
            "refunded": refunded == fee["amount"],
            "refunds": refunds,
        }
    )
    world.emit("application_fee.refunded", saved)
