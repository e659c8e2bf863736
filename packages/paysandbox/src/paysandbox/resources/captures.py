"""Captures: money of a charge arrives, and with it the fields that a new charge lacks.

Asynchronous, as is Stripe's default: on a new charge `balance_transaction`, `application_fee` and
`transfer` are missing for a moment, and `charge.updated` tells when they have come:
https://docs.stripe.com/payments/payment-intents/asynchronous-capture.
"""

from paysandbox.errors import ApiError, Json
from paysandbox.resources.charges import book_charge
from paysandbox.resources.transfers import send_to_destination
from paysandbox.world import World


def begin_capture(world: World, charge: Json) -> Json:
    """Take the money of a charge that has succeeded: at once, or after the sandbox's delay."""
    if not world.capture_delay:
        return _book(world, charge)
    return world.save(charge | {"_capture_at": world.clock.moment() + world.capture_delay})


def is_captured(charge: Json) -> bool:
    """Whether the money of a succeeded charge has arrived."""
    return charge.get("_capture_at") is None


def capture(world: World, charge: Json) -> Json:
    """End the delay of a charge now.

    Raises:
        ApiError: its money has arrived, or never will.
    """
    if is_captured(charge):
        raise ApiError(f"Charge {charge['id']} does not wait for its capture.")
    with world.state.transaction():
        captured = _book(world, charge | {"_capture_at": None})
        previous = {
            name: charge.get(name)
            for name, value in world.public(captured).items()
            if value != charge.get(name)
        }
        world.emit("charge.updated", captured, previous=previous)
    return captured


def _book(world: World, charge: Json) -> Json:
    booked = book_charge(world, charge)
    return booked if booked["transfer_data"] is None else send_to_destination(world, booked)


def capture_due(world: World) -> None:
    """Capture the charges whose delay has passed."""
    for charge in world.state.past("charge", "_capture_at", world.clock.moment()):
        capture(world, charge)
