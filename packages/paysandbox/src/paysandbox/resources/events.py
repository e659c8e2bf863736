"""Events: what happened, as it was told to the endpoints."""

import json

from paysandbox.errors import ApiError, Json, missing
from paysandbox.params import Boolean, Items, Text, body, filters
from paysandbox.routing import Call, Routes
from paysandbox.state import Condition

routes = Routes()

_KEPT = 30 * 24 * 3600
"""Seconds for which an event can be read: https://docs.stripe.com/api/events."""

_DELIVERED = """
NOT EXISTS (
    SELECT 1 FROM objects delivery
    WHERE delivery.kind = 'delivery'
    AND json_extract(delivery.body, '$.event') = objects.id
    AND json_extract(delivery.body, '$.state') <> 'done'
) = ?
"""


@routes.add(
    "GET /v1/events",
    filters(delivery_success=Boolean(), type=Text(), types=Items(Text(), maximum=20)),
    accounts=True,
)
def list_events(call: Call) -> Json:
    """The events of the platform, or of the account that the request names, newest first."""
    params = dict(call.params)
    conditions = _chosen(params.pop("type", None), params.pop("types", None))
    delivered = params.pop("delivery_success", None)
    if delivered is not None:
        conditions.append((_DELIVERED, delivered))
    conditions.append(("json_extract(body, '$.created') > ?", _oldest(call)))
    return call.list("event", params, conditions=conditions)


def _chosen(pattern: str | None, types: list[str] | None) -> list[Condition]:
    """By a name in which `*` stands for anything, or by several whole names."""
    if pattern is not None and types is not None:
        raise ApiError("You may pass either `type` or `types`, but not both.", param="types")
    if pattern is not None:
        plain = pattern.replace("[", "[[]").replace("?", "[?]")
        return [("json_extract(body, '$.type') GLOB ?", plain)]
    if types is not None:
        names = "(SELECT value FROM json_each(?))"
        return [(f"json_extract(body, '$.type') IN {names}", json.dumps(types))]
    return []


@routes.add("GET /v1/events/{id}", body(), accounts=True)
def retrieve_event(call: Call) -> Json:
    """One event of the last 30 days."""
    event = call.load("event")
    if event["created"] <= _oldest(call):
        raise missing("event", event["id"])
    return call.show(event)


def _oldest(call: Call) -> int:
    return call.world.clock.now() - _KEPT
