"""Events: what happened, as it was told to the endpoints."""

from paysandbox.errors import Json
from paysandbox.params import Items, Text, body, filters
from paysandbox.routing import Call, Routes

routes = Routes()


@routes.add("GET /v1/events", filters(type=Text(), types=Items(Text(), maximum=20)))
def list_events(call: Call) -> Json:
    """The platform's events, newest first."""
    types = call.params.get("types")
    params = {name: value for name, value in call.params.items() if name != "types"}
    page = call.list("event", params)
    if types is None:
        return page
    return page | {"data": [event for event in page["data"] if event["type"] in types]}


@routes.add("GET /v1/events/{id}", body())
def retrieve_event(call: Call) -> Json:
    """One event."""
    return call.show(call.load("event"))
