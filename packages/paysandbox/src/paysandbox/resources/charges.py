"""Charges: money that comes in from a card, and at once goes on where it was destined."""

import math

from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, WORLD, Posting
from paysandbox.params import Metadata, Text, body, filters, with_notes
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_SETTLED = {"network_status": "approved_by_network", "type": "authorized"}
_REFUSED = {"network_status": "declined_by_network", "type": "issuer_declined"}
_DEBIT = {
    "bank_code": "37040044",
    "branch_code": None,
    "country": "DE",
    "fingerprint": None,
    "last4": "3000",
    "mandate": None,
}
_VOUCHER = {"entity": "12345", "reference": "123456789"}
_BLANK: Json = {
    "object": "charge",
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "balance_transaction": None,
    "calculated_statement_descriptor": None,
    "customer": None,
    "disputed": False,
    "failure_balance_transaction": None,
    "fraud_details": {},
    "livemode": False,
    "receipt_number": None,
    "receipt_url": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source_transfer": None,
}
"""What every charge starts with."""

_COPIED = (
    "amount",
    "application_fee_amount",
    "currency",
    "description",
    "metadata",
    "on_behalf_of",
    "payment_method",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
"""What a charge takes over from its payment intent."""

_FULL_RATE = 10_000


@routes.add(
    "GET /v1/charges",
    filters(customer=Text(), payment_intent=Text(), transfer_group=Text()),
    accounts=True,
)
def _list_charges(call: Call) -> Json:
    """The charges, newest first."""
    return call.list("charge")


@routes.add("GET /v1/charges/{charge}", body(), accounts=True)
def _retrieve_charge(call: Call) -> Json:
    """One charge."""
    return call.show(call.load("charge", param="charge"))


@routes.add(
    "POST /v1/charges/{charge}",
    body(metadata=Metadata(), description=Text(optional=True)),
    types="stripe.params._charge_update_params:ChargeUpdateParams",
)
def _update_charge(call: Call) -> Json:
    """Change a charge's notes."""
    charge = call.load("charge", param="charge")
    return call.show(call.world.save(with_notes(charge, call.params)))


def build_charge(world: World, intent: Json, status: str) -> Json:
    """A charge for a payment intent, in `succeeded`, `pending` or `failed`; no money moves yet."""
    paid = status != "failed"
    return {
        **_BLANK,
        **{name: intent[name] for name in _COPIED},
        "id": new_id("ch_"),
        "amount_captured": intent["amount"] if paid else 0,
        "billing_details": {
            "address": None,
            "email": intent["receipt_email"],
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "captured": paid,
        "created": world.clock.now(),
        "failure_code": None if paid else "card_declined",
        "failure_message": None if paid else "Your card was declined.",
        "outcome": _outcome(paid=paid),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method_details": _method(intent["payment_method"]),
        "status": status,
    }


def _outcome(*, paid: bool) -> Json:
    return {
        **(_SETTLED if paid else _REFUSED),
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "reason": None if paid else "generic_decline",
        "risk_level": "normal",
        "seller_message": "Payment complete." if paid else "The bank declined.",
    }


def _method(payment_method: str | None) -> Json:
    if payment_method == "pm_sepa_debit":
        return {"type": "sepa_debit", "sepa_debit": _DEBIT}
    if payment_method == "pm_multibanco":
        return {"type": "multibanco", "multibanco": _VOUCHER}
    card = {
        "amount_authorized": None,
        "authorization_code": None,
        "brand": "visa",
        "checks": None,
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "installments": None,
        "last4": "4242",
        "mandate": None,
        "network": "visa",
        "network_token": None,
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }
    return {"type": "card", "card": card}


def book_charge(world: World, charge: Json) -> Json:
    """The money arrives: on the platform, and from there at the destination, less the fee."""
    charged, exchange = charge["currency"], world.exchange
    amount = exchange.settled(charge["amount"], charged)
    fee = amount * world.fee_basis_points // _FULL_RATE
    [transaction] = world.ledger.post(
        exchange.currency_of(charged),
        Posting(WORLD, fee - amount),
        Posting(
            PLATFORM, amount - fee, "charge", charge["id"], fee, rate=exchange.rate_of(charged)
        ),
        available_on=available_on(world, charge),
    )
    return world.save(charge | {"balance_transaction": transaction})


def available_on(world: World, charge: Json) -> int:
    """When the money of a charge can be spent, also where it was passed on."""
    booked = world.state.get("balance_transaction", charge["balance_transaction"] or "")
    if booked is not None:
        return int(booked["available_on"])
    return math.ceil(max(world.clock.now(), charge.get("_capture_at") or 0) + world.available_delay)


def build_destination_payment(
    world: World, transfer: Json, *, fee: str | None = None, fee_amount: int | None = None
) -> Json:
    """The incoming payment that a connected account sees for a transfer."""
    payment = build_charge(
        world,
        {
            "amount": transfer["amount"],
            "application_fee_amount": fee_amount,
            "currency": transfer["currency"],
            "description": transfer["description"],
            "id": None,
            "metadata": {},
            "on_behalf_of": None,
            "payment_method": None,
            "receipt_email": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "transfer_data": None,
            "transfer_group": None,
        },
        "succeeded",
    )
    return payment | {
        "id": transfer["destination_payment"],
        "application_fee": fee,
        "source_transfer": transfer["id"],
        "_account": transfer["destination"],
    }
