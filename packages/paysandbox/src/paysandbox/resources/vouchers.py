"""Vouchers: the buyer takes a number along, and pays at a cash machine within days, or never."""

from paysandbox.errors import ApiError, Json
from paysandbox.resources.charges import build_charge
from paysandbox.resources.intents import check_destination, succeed
from paysandbox.world import World

LIFETIME = 7 * 24 * 3600
"""Seconds for which a voucher can be paid: https://docs.stripe.com/payments/multibanco."""

DETAILS = "multibanco_display_details"
_CURRENCY = "eur"
_EXPIRED = {
    "type": "invalid_request_error",
    "code": "payment_intent_payment_attempt_expired",
    "message": "The latest payment attempt of this PaymentIntent has expired.",
}


def is_offered(session: Json) -> bool:
    """Whether a session can be paid by a voucher: Multibanco takes euros alone."""
    return bool(session["currency"] == _CURRENCY)


def hand_out(world: World, intent: Json, page: str) -> Json:
    """Give the buyer a voucher; there is no charge until it is paid.

    Args:
        world: the sandbox.
        intent: a payment intent that has not succeeded.
        page: the address under which the voucher is shown.

    Raises:
        ApiError: no voucher is in that currency, or the destination cannot receive money.
    """
    check_destination(world, intent)
    if not is_offered(intent):
        message = f"Multibanco does not support the currency {intent['currency']}."
        raise ApiError(message, param="payment_method_types")
    voucher = {
        "entity": "12345",
        "expires_at": world.clock.now() + LIFETIME,
        "hosted_voucher_url": page,
        "reference": "123456789",
    }
    given = {
        "last_payment_error": None,
        "next_action": {"type": DETAILS, DETAILS: voucher},
        "payment_method": "pm_multibanco",
        "status": "requires_action",
    }
    saved = world.save(intent | given)
    world.emit("payment_intent.requires_action", saved)
    return saved


def pay_voucher(world: World, intent: Json) -> Json:
    """The buyer pays a voucher: only now is there a charge, which has succeeded."""
    charge = build_charge(world, intent, "succeeded")
    return succeed(world, intent | {"next_action": None, "latest_charge": charge["id"]}, charge)


def let_expire(world: World, intent: Json) -> Json:
    """Nobody paid a voucher; the intent can be tried again."""
    retryable = {"next_action": None, "payment_method": None, "status": "requires_payment_method"}
    saved = world.save(intent | retryable | {"last_payment_error": _EXPIRED})
    world.emit("payment_intent.payment_failed", saved)
    return saved
