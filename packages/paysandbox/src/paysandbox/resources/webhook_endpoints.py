"""Webhook endpoints that the platform registers through the API."""

from paysandbox.errors import ApiError, Json
from paysandbox.names import API_VERSIONS, EVENT_TYPES
from paysandbox.params import Boolean, Choice, Items, Metadata, Text, body, merge_metadata, paging
from paysandbox.resources.links import check_address
from paysandbox.routing import Call, Routes

routes = Routes()

_MAX_ENDPOINTS = 16

_EVENTS = Items(Choice({"*", *EVENT_TYPES}), 1, 300)
_CREATE = body(
    ("enabled_events", "url"),
    api_version=Choice(API_VERSIONS),
    connect=Boolean(),
    description=Text(optional=True),
    enabled_events=_EVENTS,
    metadata=Metadata(),
    url=Text(),
)


@routes.add(
    "POST /v1/webhook_endpoints",
    _CREATE,
    types="stripe.params._webhook_endpoint_create_params:WebhookEndpointCreateParams",
)
def _create_endpoint(call: Call) -> Json:
    """Register an address; its secret is shown this once."""
    params = call.params
    endpoints = call.world.deliveries.sender.endpoints
    check_address(params["url"], "url")
    if len(endpoints.all()) >= _MAX_ENDPOINTS:
        raise ApiError(f"You have reached the maximum of {_MAX_ENDPOINTS} webhook endpoints.")
    fresh = endpoints.add(
        params["url"],
        audience="connect" if params.get("connect") else "account",
        enabled_events=params["enabled_events"],
    )
    notes = {
        "api_version": params.get("api_version", fresh["api_version"]),
        "description": params.get("description"),
        "metadata": merge_metadata({}, params.get("metadata")),
    }
    endpoint = call.world.save(fresh | notes)
    call.world.state.when_kept(lambda: call.world.deliveries.serve(endpoint["id"]))
    return call.show(endpoint) | {"secret": endpoint["_secret"]}


@routes.add("GET /v1/webhook_endpoints", paging())
def _list_endpoints(call: Call) -> Json:
    """The endpoints, newest first."""
    return call.list("webhook_endpoint")


@routes.add("GET /v1/webhook_endpoints/{id}", body())
def _retrieve_endpoint(call: Call) -> Json:
    """One endpoint, without its secret."""
    return call.show(call.load("webhook_endpoint"))


@routes.add(
    "POST /v1/webhook_endpoints/{id}",
    body(
        description=Text(optional=True),
        disabled=Boolean(),
        enabled_events=_EVENTS,
        metadata=Metadata(),
        url=Text(),
    ),
    types="stripe.params._webhook_endpoint_update_params:WebhookEndpointUpdateParams",
)
def _update_endpoint(call: Call) -> Json:
    """Change where messages go, which, or whether at all."""
    endpoint = call.load("webhook_endpoint")
    change = {name: value for name, value in call.params.items() if name != "expand"}
    if "url" in change:
        check_address(change["url"], "url")
    disabled = change.pop("disabled", endpoint["status"] == "disabled")
    change["metadata"] = merge_metadata(endpoint["metadata"], change.get("metadata"))
    change["status"] = "disabled" if disabled else "enabled"
    return call.show(call.world.save(endpoint | change))


@routes.add("DELETE /v1/webhook_endpoints/{id}", body())
def _delete_endpoint(call: Call) -> Json:
    """Forget an endpoint."""
    endpoint = call.load("webhook_endpoint")
    call.world.state.delete("webhook_endpoint", endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
