"""Early fraud warnings: a card's issuer fears that a charge is fraudulent."""

from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.params import Text, body, filters
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_KIND = "radar.early_fraud_warning"


@routes.add("GET /v1/radar/early_fraud_warnings", filters(charge=Text(), payment_intent=Text()))
def _list_warnings(call: Call) -> Json:
    """The warnings, newest first."""
    return call.list(_KIND)


@routes.add("GET /v1/radar/early_fraud_warnings/{warning}", body())
def _retrieve_warning(call: Call) -> Json:
    """One warning."""
    return call.show(call.load(_KIND, param="early_fraud_warning"))


def warn_of_fraud(world: World, charge: Json, fraud_type: str = "misc") -> Json:
    """The issuer warns of a charge; `fraud_type` in Stripe's words."""
    warning = {
        "id": new_id("issfr_"),
        "object": _KIND,
        "actionable": _is_actionable(charge),
        "charge": charge["id"],
        "created": world.clock.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    with world.state.transaction():
        saved = world.save(warning)
        world.emit(f"{_KIND}.created", saved)
    return saved


def _is_actionable(charge: Json) -> bool:
    return not (charge["disputed"] or charge["refunded"])


def note_fate(world: World, charge: Json) -> None:
    """Nothing can be done any more about warnings of a charge that is disputed or refunded."""
    for warning in world.state.find(_KIND, charge=charge["id"]):
        if warning["actionable"] and not _is_actionable(charge):
            saved = world.save(warning | {"actionable": False})
            world.emit(f"{_KIND}.updated", saved, previous={"actionable": True})
