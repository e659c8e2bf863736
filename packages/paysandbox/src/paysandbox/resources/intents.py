"""Payment intents: one attempt after another to take one amount."""

from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.params import Metadata, Text, body, filters, merge_metadata, with_notes
from paysandbox.resources.account_status import check_can_receive
from paysandbox.resources.captures import begin_capture
from paysandbox.resources.charges import build_charge
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_DECLINED = {
    "type": "card_error",
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
}
_BLANK: Json = {
    "object": "payment_intent",
    "amount_capturable": 0,
    "amount_received": 0,
    "application": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": "automatic_async",
    "confirmation_method": "automatic",
    "customer": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "next_action": None,
    "payment_method": None,
    "payment_method_options": None,
    "payment_method_types": ["card"],
    "processing": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "status": "requires_payment_method",
}
"""What every payment intent starts with."""

_GIVEN = (
    "application_fee_amount",
    "description",
    "on_behalf_of",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
"""What may be given for it."""

_METHODS = {"card": "pm_card_visa", "sepa_debit": "pm_sepa_debit"}


@routes.add("GET /v1/payment_intents", filters(customer=Text(), customer_account=Text()))
def _list_intents(call: Call) -> Json:
    """The payment intents, newest first."""
    return call.list("payment_intent")


@routes.add("GET /v1/payment_intents/{intent}", body(client_secret=Text()))
def _retrieve_intent(call: Call) -> Json:
    """One payment intent."""
    return call.show(call.load("payment_intent", param="intent"))


@routes.add(
    "POST /v1/payment_intents/{intent}",
    body(metadata=Metadata(), description=Text(optional=True)),
    types="stripe.params._payment_intent_update_params:PaymentIntentUpdateParams",
)
def _update_intent(call: Call) -> Json:
    """Change a payment intent's notes."""
    intent = call.load("payment_intent", param="intent")
    return call.show(call.world.save(with_notes(intent, call.params)))


def open_intent(world: World, amount: int, currency: str, data: Json) -> Json:
    """A payment intent over an amount; `data` as in a session's `payment_intent_data`."""
    identifier = new_id("pi_")
    intent = {
        **_BLANK,
        **{name: data.get(name) for name in _GIVEN},
        "id": identifier,
        "amount": amount,
        "client_secret": f"{identifier}_secret_{new_id('')}",
        "created": world.clock.now(),
        "currency": currency,
        "metadata": merge_metadata({}, data.get("metadata")),
    }
    return world.save(intent)


def attempt(world: World, intent: Json, outcome: str) -> Json:
    """Try to take the money.

    Args:
        world: the sandbox.
        intent: a payment intent that has not succeeded.
        outcome: `succeeded`, `failed`, or `pending` for a method that settles later.

    Raises:
        ApiError: its destination cannot receive money.
    """
    check_destination(world, intent)
    method = _METHODS["sepa_debit" if outcome == "pending" else "card"]
    trying = intent | {"payment_method": method, "last_payment_error": None}
    charge = build_charge(world, trying, outcome)
    trying["latest_charge"] = charge["id"]
    if outcome == "succeeded":
        return succeed(world, trying, charge)
    if outcome == "failed":
        return fail(world, trying, charge)
    world.emit("charge.pending", world.save(charge))
    saved = world.save(trying | {"status": "processing"})
    world.emit("payment_intent.processing", saved)
    return saved


def check_destination(world: World, intent: Json) -> None:
    """Refuse an intent whose money cannot reach its destination.

    Raises:
        ApiError: the destination cannot receive money.
    """
    if intent["transfer_data"] is not None:
        destination = intent["transfer_data"]["destination"]
        check_can_receive(world, destination, "transfer_data[destination]")


def succeed(world: World, intent: Json, charge: Json) -> Json:
    """The charge succeeds: its capture begins, which brings the money."""
    paid = charge | {"status": "succeeded", "paid": True, "captured": True}
    taken = begin_capture(world, paid)
    done = {"status": "succeeded", "amount_received": intent["amount"]}
    saved = world.save(intent | done)
    world.emit("charge.succeeded", taken)
    world.emit("payment_intent.succeeded", saved)
    return saved


def fail(world: World, intent: Json, charge: Json) -> Json:
    """The charge fails; the intent can be tried again."""
    refusal = {"failure_code": "card_declined", "failure_message": _DECLINED["message"]}
    failed = world.save(charge | refusal | {"status": "failed", "paid": False, "captured": False})
    error = _DECLINED | {"charge": charge["id"]}
    retryable = {"status": "requires_payment_method", "payment_method": None}
    saved = world.save(intent | retryable | {"last_payment_error": error})
    world.emit("charge.failed", failed)
    world.emit("payment_intent.payment_failed", saved)
    return saved
