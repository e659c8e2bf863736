"""People in Clerk's shape, and the messages about them."""

from paysandbox.errors import ClerkError, Json
from paysandbox.formats import is_email
from paysandbox.ids import new_id
from paysandbox.world import World

DEFAULT_PEOPLE: tuple[Json, ...] = (
    {
        "id": "user_2SandboxAdaSeller",
        "first_name": "Ada",
        "last_name": "Okafor",
        "username": "ada",
        "email_address": ["ada@example.com"],
    },
    {
        "id": "user_2SandboxMateoSeller",
        "first_name": "Mateo",
        "last_name": "Silva",
        "username": "mateo",
        "email_address": ["mateo@example.com"],
    },
    {
        "id": "user_2SandboxNoraBuyer",
        "first_name": "Nora",
        "last_name": "Lind",
        "username": "nora",
        "email_address": ["nora@example.com"],
    },
    {
        "id": "user_2SandboxKenBuyer",
        "first_name": "Ken",
        "last_name": "Watanabe",
        "username": "ken",
        "email_address": ["ken@example.com"],
    },
    {
        "id": "user_2SandboxInesAdmin",
        "first_name": "Ines",
        "last_name": "Moreau",
        "username": "ines",
        "email_address": ["ines@example.com"],
        "public_metadata": {"role": "admin"},
    },
)
"""Two sellers, two buyers and an admin, with ids that stay the same."""

_TEXTS = ("first_name", "last_name", "username", "external_id")
_OBJECTS = ("public_metadata", "private_metadata", "unsafe_metadata")
_KNOWN = frozenset({"id", "email_address", "image_url", *_TEXTS, *_OBJECTS})


def add_user(world: World, given: Json) -> Json:
    """Create a person.

    Args:
        world: the sandbox.
        given: `first_name`, `last_name`, `username`, `email_address` (a list), `external_id`,
            `public_metadata`, `private_metadata`, `unsafe_metadata`, `image_url`; an `id` may be
            given by the sandbox's owner.

    Raises:
        ClerkError: an unknown or ill-typed field, or an address or name that somebody has.
    """
    _check(given)
    identifier = given.get("id") or new_id("user_")
    if world.state.get("user", identifier) is not None:
        raise ClerkError(f"There is a user {identifier} already.", code="form_identifier_exists")
    now = world.clock.now() * 1000
    user = _blank(world, identifier, now) | _chosen(given)
    with world.state.transaction():
        _check_free(world, user, given.get("email_address", []))
        kept = world.state.put("user", user | _addresses(given.get("email_address", []), now))
        _tell(world, "user.created", kept, now)
    return kept


def update_user(world: World, user: Json, given: Json) -> Json:
    """Change what is given of a person.

    Raises:
        ClerkError: an unknown or ill-typed field.
    """
    _check(given)
    now = _moment_after(world, user)
    changed = user | _chosen(given) | {"updated_at": now}
    if "email_address" in given:
        changed |= _addresses(given["email_address"], now)
    with world.state.transaction():
        kept = world.state.put("user", changed)
        _tell(world, "user.updated", kept, now)
    return kept


def delete_user(world: World, user: Json) -> Json:
    """Delete a person and end their sessions."""
    gone = {"id": user["id"], "object": "user", "deleted": True}
    with world.state.transaction():
        world.state.delete("user", user["id"])
        for session in world.state.find("session", user_id=user["id"]):
            world.state.put("session", session | {"status": "ended"})
        _tell(world, "user.deleted", gone, _moment_after(world, user))
    return gone


def _moment_after(world: World, user: Json) -> int:
    """Now in milliseconds, but after the person's last change: the clock has whole seconds."""
    return max(world.clock.now() * 1000, int(user["updated_at"]) + 1)


def _check(given: Json) -> None:
    for name, value in given.items():
        if name not in _KNOWN:
            message = f"{name} is not a valid parameter for this request."
            raise ClerkError(message, code="form_param_unknown", param=name)
        if not _sound(name, value):
            raise ClerkError(f"{name} is invalid.", code="form_param_format_invalid", param=name)


def _sound(name: str, value: object) -> bool:
    if name in _OBJECTS:
        return isinstance(value, dict)
    if name == "email_address":
        return isinstance(value, list) and all(
            isinstance(text, str) and is_email(text) for text in value
        )
    return value is None or isinstance(value, str)


def _check_free(world: World, user: Json, addresses: list[str]) -> None:
    for other in world.state.find("user"):
        taken = {row["email_address"] for row in other["email_addresses"]}
        if taken & set(addresses):
            message = "That email address is taken. Please try another."
            raise ClerkError(message, code="form_identifier_exists", param="email_address")
        if user["username"] is not None and user["username"] == other["username"]:
            message = "That username is taken. Please try another."
            raise ClerkError(message, code="form_identifier_exists", param="username")


def _chosen(given: Json) -> Json:
    return {name: given[name] for name in (*_TEXTS, *_OBJECTS, "image_url") if name in given}


def _blank(world: World, identifier: str, now: int) -> Json:
    nothing = (
        "first_name",
        "last_name",
        "username",
        "external_id",
        "locale",
        "primary_phone_number_id",
        "primary_web3_wallet_id",
        "last_sign_in_at",
        "last_active_at",
        "legal_accepted_at",
        "lockout_expires_in_seconds",
        "mfa_disabled_at",
        "mfa_enabled_at",
        "verification_attempts_remaining",
    )
    no = ("backup_code_enabled", "banned", "has_image", "locked", "password_enabled")
    lists = ("enterprise_accounts", "external_accounts", "passkeys", "phone_numbers")
    return {
        "id": identifier,
        "object": "user",
        **dict.fromkeys(nothing),
        **dict.fromkeys((*no, "totp_enabled", "two_factor_enabled"), False),
        **{name: [] for name in (*lists, "saml_accounts", "web3_wallets")},
        **{name: {} for name in _OBJECTS},
        "create_organization_enabled": True,
        "delete_self_enabled": True,
        "image_url": f"{world.clerk_url}/avatars/{identifier}.svg",
        "created_at": now,
        "updated_at": now,
    }


def _addresses(texts: list[str], now: int) -> Json:
    """What a person has of some addresses, of which the first is the primary one."""
    rows = [_address(text, now) for text in texts]
    return {
        "email_addresses": rows,
        "primary_email_address_id": rows[0]["id"] if rows else None,
    }


def _address(text: str, now: int) -> Json:
    return {
        "id": new_id("idn_"),
        "object": "email_address",
        "email_address": text,
        "created_at": now,
        "updated_at": now,
        "linked_to": [],
        "matches_sso_connection": False,
        "reserved": False,
        "verification": {
            "object": "verification_admin",
            "attempts": None,
            "expire_at": None,
            "status": "verified",
            "strategy": "admin",
        },
    }


def _tell(world: World, event_type: str, subject: Json, moment: int) -> None:
    event = {
        "id": new_id("msg_"),
        "data": subject,
        "event_attributes": {"http_request": {"client_ip": "127.0.0.1", "user_agent": "Sandbox"}},
        "instance_id": "ins_sandbox",
        "object": "event",
        "timestamp": moment,
        "type": event_type,
    }
    world.state.put("clerk_event", event)
    world.deliveries.enqueue(event, "clerk_event")


def show_name(user: Json) -> str:
    """The person's name for a page."""
    names = [user["first_name"], user["last_name"]]
    return " ".join(name for name in names if name) or user["username"] or "Somebody"
