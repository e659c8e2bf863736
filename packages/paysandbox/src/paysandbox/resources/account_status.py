"""Account status: what its owner gives, what the provider asks, and what follows."""

from paysandbox.errors import ApiError, Json, missing
from paysandbox.world import World

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


def owing(items: list[str]) -> Json:
    """The requirements of an account that is late with these items."""
    return {"currently_due": items, "eventually_due": items, "past_due": items}


def in_order(account: Json) -> bool:
    """Whether the account may do what it was opened for."""
    return bool(account["details_submitted"] and account["requirements"]["disabled_reason"] is None)


def change_account(world: World, account: Json) -> Json:
    """Keep a changed account, with what follows from its requirements, and tell of it.

    Each capability that changes is told of beside the account itself.
    """
    before = world.load("account", account["id"])["capabilities"]
    able = in_order(account)
    status = "active" if able else "inactive"
    capabilities = dict.fromkeys(account["capabilities"], status)
    changed = account | {
        "capabilities": capabilities,
        "charges_enabled": capabilities.get("card_payments") == "active",
        "payouts_enabled": able,
    }
    saved = world.save(changed)
    world.emit("account.updated", saved, account=saved["id"])
    for name in capabilities:
        if before.get(name) != status:
            previous = {"status": before.get(name, "unrequested")}
            subject = capability(saved, name)
            world.emit("capability.updated", subject, account=saved["id"], previous=previous)
    return saved


def capability(account: Json, name: str) -> Json:
    """One of an account's capabilities as an object: https://docs.stripe.com/api/capabilities."""
    return {
        "id": name,
        "object": "capability",
        "account": account["id"],
        "future_requirements": account["future_requirements"],
        "requested": True,
        "requested_at": account["created"],
        "requirements": account["requirements"],
        "status": account["capabilities"][name],
    }


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
        needs |= owing(owed)
    return change_account(world, account | {"requirements": needs})


def deauthorize(world: World, account_id: str) -> Json:
    """The owner cuts the account's connection to the platform."""
    account = world.load("account", account_id)
    saved = world.save(account | {"_deauthorized": True})
    application = {"id": "ca_sandbox", "object": "application", "name": "Sandbox platform"}
    world.emit("account.application.deauthorized", application, account=account_id)
    return saved


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
        raise missing("destination", account_id, status=400, param=param)
    if account["capabilities"].get("transfers") != "active":
        message = (
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments"
        )
        raise ApiError(message, code="insufficient_capabilities_for_transfer", param=param)
