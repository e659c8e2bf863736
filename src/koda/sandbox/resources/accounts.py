"""Connected accounts: opened by the platform, completed by their owner, judged by the provider."""

from koda.sandbox.errors import ApiError, Json
from koda.sandbox.ids import new_id
from koda.sandbox.params import (
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
from koda.sandbox.routing import Call, Routes
from koda.sandbox.world import World

routes = Routes()

FIRST_NEEDS = [
    "business_profile.url",
    "business_type",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
]
"""What a fresh account still owes."""

PAST_DUE = "requirements.past_due"

NOT_NEEDED: Json = {
    "alternatives": [],
    "current_deadline": None,
    "currently_due": [],
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}

CAPABILITY = Shape({"requested": Boolean()})
CAPABILITIES = Shape({"transfers": CAPABILITY, "card_payments": CAPABILITY})
BUSINESS = Shape(
    {
        "mcc": Text(4),
        "name": Text(),
        "product_description": Text(),
        "support_email": Text(),
        "url": Text(optional=True),
    }
)
CONTROLLER = Shape(
    {
        "fees": Shape({"payer": Choice(["account", "application"])}),
        "losses": Shape({"payments": Choice(["application", "stripe"])}),
        "requirement_collection": Choice(["application", "stripe"]),
        "stripe_dashboard": Shape({"type": Choice(["express", "full", "none"])}),
    }
)
CHANGEABLE: dict[str, Parameter] = {
    "business_profile": BUSINESS,
    "business_type": Choice(["company", "government_entity", "individual", "non_profit"]),
    "capabilities": CAPABILITIES,
    "default_currency": Text(3),
    "email": Text(800),
    "metadata": Metadata(),
}
CREATE = Shape(
    {
        **CHANGEABLE,
        "controller": CONTROLLER,
        "country": Text(2),
        "expand": EXPAND,
        "type": Choice(["custom", "express", "standard"]),
    }
)


@routes.add(
    "POST /v1/accounts", CREATE, types="stripe.params._account_create_params:AccountCreateParams"
)
def create_account(call: Call) -> Json:
    """Open an account that owes everything and can do nothing yet."""
    params = call.params
    now = call.world.clock.now()
    account = {
        "id": new_id("acct_"),
        "object": "account",
        "business_profile": _profile(params.get("business_profile", {})),
        "business_type": params.get("business_type"),
        "capabilities": _requested(params.get("capabilities", {})),
        "charges_enabled": False,
        "controller": _controller(params),
        "country": params.get("country", "US").upper(),
        "created": now,
        "default_currency": params.get("default_currency", "usd").lower(),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": _no_bank(),
        "future_requirements": dict(NOT_NEEDED),
        "metadata": merge_metadata({}, params.get("metadata")),
        "payouts_enabled": False,
        "requirements": NOT_NEEDED | _owing(FIRST_NEEDS) | {"disabled_reason": PAST_DUE},
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


def _owing(items: list[str]) -> Json:
    return {"currently_due": items, "eventually_due": items, "past_due": items}


@routes.add("GET /v1/accounts", filters())
def list_accounts(call: Call) -> Json:
    """The platform's connected accounts, newest first."""
    return call.list("account")


@routes.add("GET /v1/accounts/{account}", body())
def retrieve_account(call: Call) -> Json:
    """One account as it stands."""
    return call.show(load_account(call, call.ids[0]))


@routes.add(
    "POST /v1/accounts/{account}",
    Shape({**CHANGEABLE, "expand": EXPAND}),
    types="stripe.params._account_update_params:AccountUpdateParams",
)
def update_account(call: Call) -> Json:
    """Change what the platform may change."""
    account = load_account(call, call.ids[0])
    params = {name: value for name, value in call.params.items() if name != "expand"}
    params["metadata"] = merge_metadata(account["metadata"], params.get("metadata"))
    params["business_profile"] = account["business_profile"] | params.get("business_profile", {})
    wished = _requested(params.pop("capabilities", {}))
    started = "active" if _in_order(account) else "inactive"
    fresh = {name: started for name in wished if name not in account["capabilities"]}
    changed = account | params | {"capabilities": account["capabilities"] | fresh}
    return call.show(change_account(call.world, changed))


@routes.add("DELETE /v1/accounts/{account}", body())
def delete_account(call: Call) -> Json:
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


# --- what its owner and the provider do -----------------------------


def _in_order(account: Json) -> bool:
    return bool(account["details_submitted"] and account["requirements"]["disabled_reason"] is None)


def change_account(world: World, account: Json) -> Json:
    """Keep a changed account, with what follows from its requirements, and tell of it."""
    able = _in_order(account)
    status = "active" if able else "inactive"
    capabilities = dict.fromkeys(account["capabilities"], status)
    changed = account | {
        "capabilities": capabilities,
        "charges_enabled": capabilities.get("card_payments") == "active",
        "payouts_enabled": able,
    }
    kept = world.save(changed)
    world.emit("account.updated", kept, account=kept["id"])
    return kept


def complete_onboarding(world: World, account_id: str) -> Json:
    """The owner gives everything that is asked: the account can receive money."""
    account = world.load("account", account_id)
    now = world.clock.now()
    return change_account(
        world,
        account
        | {
            "business_type": account["business_type"] or "individual",
            "details_submitted": True,
            "requirements": dict(NOT_NEEDED),
            "tos_acceptance": {"date": now, "ip": "127.0.0.1", "user_agent": None},
        },
    )


def require(world: World, account_id: str, items: list[str], deadline: int | None = None) -> Json:
    """The provider asks for more, by a deadline (seconds since the epoch) or without one.

    The account keeps working until the deadline has passed; then it is disabled for being past due.
    An owner who has submitted nothing yet has thereby submitted what they had.
    """
    account = world.load("account", account_id)
    needs = NOT_NEEDED | {"currently_due": items, "eventually_due": items}
    return change_account(
        world,
        account
        | {"details_submitted": True, "requirements": needs | {"current_deadline": deadline}},
    )


def restrict(
    world: World, account_id: str, reason: str = PAST_DUE, deadline: int | None = None
) -> Json:
    """The provider disables the account now, as in `rejected.fraud` or `requirements.past_due`."""
    account = world.load("account", account_id)
    needs = account["requirements"] | {"disabled_reason": reason, "current_deadline": deadline}
    if reason == PAST_DUE:
        owed = needs["currently_due"] or ["individual.verification.document"]
        needs |= _owing(owed)
    return change_account(world, account | {"requirements": needs})


def deauthorize(world: World, account_id: str) -> Json:
    """The owner cuts the account's connection to the platform."""
    account = world.load("account", account_id)
    kept = world.save(account | {"_deauthorized": True})
    application = {"id": "ca_sandbox", "object": "application", "name": "Sandbox platform"}
    world.emit("account.application.deauthorized", application, account=account_id)
    return kept


def disable_overdue(world: World) -> None:
    """Disable the accounts whose deadline has passed."""
    path = "requirements.current_deadline"
    for account in world.state.past("account", path, world.clock.now()):
        needs = account["requirements"]
        if needs["disabled_reason"] is None:
            restrict(world, account["id"], PAST_DUE, needs["current_deadline"])


def check_can_receive(world: World, account_id: str, param: str) -> None:
    """Refuse a destination that transfers cannot reach.

    Raises:
        ApiError: no such account, or its `transfers` capability is not active.
    """
    account = world.state.get("account", account_id)
    if account is None or account.get("_deauthorized"):
        message = f"No such destination: '{account_id}'"
        raise ApiError(message, code="resource_missing", param=param)
    if account["capabilities"].get("transfers") != "active":
        message = (
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments"
        )
        raise ApiError(message, code="insufficient_capabilities_for_transfer", param=param)
