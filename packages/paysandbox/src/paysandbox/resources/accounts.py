"""Connected accounts: opened by the platform, completed by their owner, judged by the provider."""

from paysandbox.countries import HOME, currency_of
from paysandbox.errors import ApiError, Json
from paysandbox.formats import Currency, Email
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM
from paysandbox.params import (
    EXPAND,
    Boolean,
    Choice,
    Metadata,
    Parameter,
    Shape,
    Text,
    body,
    filters,
    merge_metadata,
)
from paysandbox.resources.account_status import (
    NOT_NEEDED,
    PAST_DUE,
    change_account,
    in_order,
    owing,
)
from paysandbox.routing import Call, Routes

routes = Routes()

_FIRST_NEEDS = [
    "business_profile.url",
    "business_type",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
]
"""What a fresh account still owes."""

_OWN_ID = "acct_platform"
"""The account that the secret key is of."""

_CAPABILITY = Shape({"requested": Boolean()})
_CAPABILITIES = Shape({"transfers": _CAPABILITY, "card_payments": _CAPABILITY})
_BUSINESS = Shape(
    {
        "mcc": Text(4),
        "name": Text(),
        "product_description": Text(),
        "support_email": Email(),
        "url": Text(optional=True),
    }
)
_CONTROLLER = Shape(
    {
        "fees": Shape({"payer": Choice(["account", "application"])}),
        "losses": Shape({"payments": Choice(["application", "stripe"])}),
        "requirement_collection": Choice(["application", "stripe"]),
        "stripe_dashboard": Shape({"type": Choice(["express", "full", "none"])}),
    }
)
_CHANGEABLE: dict[str, Parameter] = {
    "business_profile": _BUSINESS,
    "business_type": Choice(["company", "government_entity", "individual", "non_profit"]),
    "capabilities": _CAPABILITIES,
    "default_currency": Currency(),
    "email": Email(),
    "metadata": Metadata(),
}
_CREATE = Shape(
    {
        **_CHANGEABLE,
        "controller": _CONTROLLER,
        "country": Text(2),
        "expand": EXPAND,
        "type": Choice(["custom", "express", "standard"]),
    }
)


@routes.add(
    "POST /v1/accounts", _CREATE, types="stripe.params._account_create_params:AccountCreateParams"
)
def _create_account(call: Call) -> Json:
    """Open an account that owes everything and can do nothing yet."""
    params = call.params
    now = call.world.clock.now()
    country = params.get("country", HOME).upper()
    currency = currency_of(country)
    account = {
        "id": new_id("acct_"),
        "object": "account",
        "business_profile": _profile(params.get("business_profile", {})),
        "business_type": params.get("business_type"),
        "capabilities": _requested(params.get("capabilities", {})),
        "charges_enabled": False,
        "controller": _controller(params),
        "country": country,
        "created": now,
        "default_currency": params.get("default_currency", currency),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": _no_bank(),
        "future_requirements": dict(NOT_NEEDED),
        "metadata": merge_metadata({}, params.get("metadata")),
        "payouts_enabled": False,
        "requirements": NOT_NEEDED | owing(_FIRST_NEEDS) | {"disabled_reason": PAST_DUE},
        "settings": None,
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": params.get("type") or "none",
    }
    return call.show(call.world.save(account))


def _controller(params: Json) -> Json:
    kind = params.get("type")
    given = params.get("controller", {})
    if kind is not None and given:
        raise ApiError("You cannot set both `type` and `controller`.", param="type")
    dashboard = {"express": "express", "custom": "none"}.get(kind or "", "full")
    ours = kind in {"express", "custom"}
    defaults = {
        "fees": {"payer": "application" if ours else "account"},
        "losses": {"payments": "application" if ours else "stripe"},
        "requirement_collection": "application" if kind == "custom" else "stripe",
        "stripe_dashboard": {"type": dashboard},
    }
    merged = defaults | given
    if _pays(merged) == ("account", "application"):
        message = "When `losses[payments]` is application, `fees[payer]` must be application."
        raise ApiError(message, param="controller[fees][payer]")
    return {"type": "application", "is_controller": True, **merged}


def _pays(controller: Json) -> tuple[str, str]:
    return controller["fees"]["payer"], controller["losses"]["payments"]


def _profile(given: Json) -> Json:
    blank = {
        "annual_revenue": None,
        "estimated_worker_count": None,
        "mcc": None,
        "minority_owned_business_designation": None,
        "name": None,
        "product_description": None,
        "specified_commercial_transactions_act_url": None,
        "support_address": None,
        "support_email": None,
        "support_phone": None,
        "support_url": None,
        "url": None,
    }
    return blank | given


def _requested(capabilities: Json) -> dict[str, str]:
    return {name: "inactive" for name, wish in capabilities.items() if wish.get("requested")}


def _no_bank() -> Json:
    return {"object": "list", "data": [], "has_more": False, "url": "/v1/accounts"}


@routes.add("GET /v1/account", body(), accounts=True)
def _retrieve_own_account(call: Call) -> Json:
    """The account that the key is of, or the one that the request names."""
    if call.account != PLATFORM:
        return call.show(call.world.load("account", call.account))
    return {
        "id": _OWN_ID,
        "object": "account",
        "business_profile": _profile({"name": "Koda"}),
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": HOME,
        "default_currency": call.world.currency,
        "details_submitted": True,
        "email": None,
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }


@routes.add("GET /v1/accounts", filters())
def _list_accounts(call: Call) -> Json:
    """The platform's connected accounts, newest first."""
    return call.list("account")


@routes.add("GET /v1/accounts/{account}", body())
def _retrieve_account(call: Call) -> Json:
    """One account as it stands."""
    return call.show(load_account(call, call.ids[0]))


@routes.add(
    "POST /v1/accounts/{account}",
    Shape({**_CHANGEABLE, "expand": EXPAND}),
    types="stripe.params._account_update_params:AccountUpdateParams",
)
def _update_account(call: Call) -> Json:
    """Change what the platform may change."""
    account = load_account(call, call.ids[0])
    params = {name: value for name, value in call.params.items() if name != "expand"}
    params["metadata"] = merge_metadata(account["metadata"], params.get("metadata"))
    params["business_profile"] = account["business_profile"] | params.get("business_profile", {})
    wished = _requested(params.pop("capabilities", {}))
    started = "active" if in_order(account) else "inactive"
    fresh = {name: started for name in wished if name not in account["capabilities"]}
    changed = account | params | {"capabilities": account["capabilities"] | fresh}
    return call.show(change_account(call.world, changed))


@routes.add("DELETE /v1/accounts/{account}", body())
def _delete_account(call: Call) -> Json:
    """Close an account whose balance is zero."""
    account = load_account(call, call.ids[0])
    balances = call.world.ledger.balances().get(account["id"], {})
    if any(balances.values()):
        raise ApiError("This account cannot be deleted because it has a nonzero balance.")
    call.world.state.delete("account", account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


def load_account(call: Call, identifier: str) -> Json:
    """An account of the platform's.

    Raises:
        ApiError: there is none of that id, or it has cut its connection.
    """
    account = call.load("account", identifier, param="account")
    if account.get("_deauthorized"):
        message = f"The account {identifier} has revoked this application's access."
        raise ApiError(message, status=403, code="account_invalid")
    return account
