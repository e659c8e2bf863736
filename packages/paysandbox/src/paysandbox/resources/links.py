"""Account links and login links: single-use addresses of hosted pages."""

from urllib.parse import urlsplit

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.params import Choice, Shape, Text, body
from paysandbox.resources.accounts import load_account
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_LIFETIME = 300
"""Seconds for which a link can be opened."""

_COLLECTION = Shape(
    {
        "fields": Choice(["currently_due", "eventually_due"]),
        "future_requirements": Choice(["include", "omit"]),
    }
)
_CREATE = body(
    ("account", "type"),
    account=Text(255),
    collect=Choice(["currently_due", "eventually_due"]),
    collection_options=_COLLECTION,
    refresh_url=Text(),
    return_url=Text(),
    type=Choice(["account_onboarding", "account_update"]),
)


def check_address(address: str | None, param: str) -> None:
    """Refuse what is no absolute http or https address.

    Raises:
        ApiError: it is not one.
    """
    try:
        parts = urlsplit(address or "")
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise ApiError("Not a valid URL", code="url_invalid", param=param)


@routes.add(
    "POST /v1/account_links",
    _CREATE,
    types="stripe.params._account_link_create_params:AccountLinkCreateParams",
)
def _create_account_link(call: Call) -> Json:
    """An onboarding page for the account's owner, opened once within five minutes."""
    params = call.params
    account = load_account(call, params["account"])
    for name in ("refresh_url", "return_url"):
        check_address(params.get(name), name)
    if params["type"] == "account_update" and _dashboard(account) != "none":
        message = "You cannot create `account_update` type Account Links for this account."
        raise ApiError(message, param="type")
    link = _keep(call.world, "onboarding", account["id"], params)
    return _show(call.world, link, "account_link")


@routes.add("POST /v1/accounts/{account}/login_links", body())
def _create_login_link(call: Call) -> Json:
    """A page with the account's balance, opened once within five minutes."""
    account = load_account(call, call.ids[0])
    if _dashboard(account) != "express":
        raise ApiError("Cannot create a login link for an account without an Express dashboard.")
    if not account["details_submitted"]:
        raise ApiError("Cannot create a login link for an account that is not fully onboarded.")
    link = _keep(call.world, "dashboard", account["id"], {})
    return _show(call.world, link, "login_link")


def _dashboard(account: Json) -> str:
    return str(account["controller"]["stripe_dashboard"]["type"])


def _keep(world: World, purpose: str, account_id: str, params: Json) -> Json:
    now = world.clock.now()
    link = {
        "id": new_id("lnk_"),
        "purpose": purpose,
        "account": account_id,
        "created": now,
        "expires_at": now + _LIFETIME,
        "refresh_url": params.get("refresh_url"),
        "return_url": params.get("return_url"),
        "used": False,
    }
    return world.state.put("link", link)


def _show(world: World, link: Json, kind: str) -> Json:
    shown = {
        "object": kind,
        "created": link["created"],
        "url": f"{world.url}/{link['purpose']}/{link['id']}",
    }
    return shown | ({"expires_at": link["expires_at"]} if kind == "account_link" else {})


def open_link(world: World, identifier: str, purpose: str) -> tuple[Json, bool] | None:
    """Use a link up.

    Returns:
        The link and whether it was still good, or `None` if there never was such a link.
    """
    with world.state.transaction():
        link = world.state.get("link", identifier)
        if link is None or link["purpose"] != purpose:
            return None
        good = not link["used"] and world.clock.now() < link["expires_at"]
        world.state.put("link", link | {"used": True})
        return link, good
