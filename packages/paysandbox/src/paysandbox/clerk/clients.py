"""Browsers as Clerk knows them: a client, which somebody signs in and out with."""

from paysandbox.clerk.sessions import open_session, revoke_session
from paysandbox.errors import Json
from paysandbox.http import Request
from paysandbox.ids import new_id
from paysandbox.world import World

_COOKIE = "__client"


def client_of(world: World, request: Request) -> Json | None:
    """The client that a browser is, by its cookie; `None` for one that never signed in."""
    pairs = (pair.strip().partition("=") for pair in request.header("Cookie").split(";"))
    wanted = next((value for name, _, value in pairs if name == _COOKIE), None)
    return None if wanted is None else world.state.get("client", wanted)


def sign_in(world: World, client: Json | None, user_id: str) -> Json:
    """Sign a person in with a client, or with a new one, and return it.

    Raises:
        ClerkError: there is no such person.
    """
    signed_out = client if client is None else sign_out(world, client)
    now = world.clock.now() * 1000
    known = signed_out or {"id": new_id("client_"), "object": "client", "created_at": now}
    session = open_session(world, user_id, known["id"])
    noted = {"signed_in_at": world.clock.signing(), "last_active_session_id": session["id"]}
    return world.state.put("client", known | noted | {"updated_at": now})


def sign_out(world: World, client: Json) -> Json:
    """End every session of a client."""
    for session in world.state.find("session", client_id=client["id"], status="active"):
        revoke_session(world, session)
    return world.state.put("client", client | {"signed_in_at": 0, "last_active_session_id": None})


def session_of(world: World, client: Json | None) -> Json | None:
    """The session in which somebody is signed in with the client, if anybody is."""
    if client is None:
        return None
    return world.state.first("session", client_id=client["id"], status="active")


def client_cookies(world: World, client: Json | None) -> tuple[str, ...]:
    """The cookies that tell Clerk the client, and the site when somebody signed in with it.

    Browsers share cookies among the ports of one host, as among the hosts of one domain: so the
    site sees the second one, as it does with a production instance.
    """
    if client is None:
        return (signed_in_cookie(None),)
    own = f"{_COOKIE}={client['id']}; Path=/clerk; HttpOnly; SameSite=Lax"
    there = client if session_of(world, client) else None
    return (own, signed_in_cookie(there))


def signed_in_cookie(client: Json | None) -> str:
    """The cookie that tells when somebody signed in: 0 if nobody is."""
    noted = 0 if client is None else client["signed_in_at"]
    return f"__client_uat={noted}; Path=/; SameSite=Lax"
