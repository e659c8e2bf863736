"""Sessions, and the short-lived tokens made from them."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
from attrs import define

from paysandbox.clerk.keys import SigningKey
from paysandbox.errors import ClerkError, Json, no_such
from paysandbox.ids import new_id
from paysandbox.world import World

WEEK = 7 * 24 * 3600
LIFETIME = 60
"""Seconds for which a token is good, unless asked otherwise."""


def open_session(world: World, user_id: str, client_id: str | None = None) -> Json:
    """Sign a person in, with a browser if a client is named.

    Raises:
        ClerkError: there is no such person.
    """
    user = world.state.get("user", user_id)
    if user is None:
        raise no_such("user", user_id)
    now = world.clock.now() * 1000
    world.state.put("user", user | {"last_sign_in_at": now, "last_active_at": now})
    session = {
        "id": new_id("sess_"),
        "object": "session",
        "abandon_at": now + 4 * WEEK * 1000,
        "actor": None,
        "client_id": client_id or new_id("client_"),
        "created_at": now,
        "expire_at": now + WEEK * 1000,
        "last_active_at": now,
        "last_active_organization_id": None,
        "status": "active",
        "updated_at": now,
        "user_id": user_id,
    }
    return world.state.put("session", session)


def revoke_session(world: World, session: Json) -> Json:
    """End a session: no further tokens come from it."""
    changed = {"status": "revoked", "updated_at": world.clock.now() * 1000}
    return world.state.put("session", session | changed)


@define
class Tokens:
    """Makes session tokens (version 2), right ones and wrong ones.

    https://clerk.com/docs/guides/sessions/session-tokens
    """

    world: World
    key: SigningKey

    def for_session(
        self, session: Json, lifetime: int = LIFETIME, origin: str | None = None
    ) -> str:
        """A token of an active session.

        Args:
            session: the session.
            lifetime: seconds from now until it expires; negative for one that has expired.
            origin: the `azp` claim: the site that the person signed in on.

        Raises:
            ClerkError: the session is not active.
        """
        if session["status"] != "active":
            message = f"The session is {session['status']}."
            raise ClerkError(message, 404, "resource_not_found")
        claims = {"sub": session["user_id"], "sid": session["id"]}
        return self.mint(claims | ({} if origin is None else {"azp": origin}), lifetime=lifetime)

    def mint(
        self,
        claims: Json,
        *,
        lifetime: int = LIFETIME,
        headers: Json | None = None,
        key: Any = None,
        algorithm: str = "RS256",
    ) -> str:
        """Any token: claims given as `None` are left out, others replace the usual ones."""
        now = self.world.clock.signing()
        usual = {
            "exp": now + lifetime,
            "fva": [0, -1],
            "iat": now + min(lifetime, 0) - (1 if lifetime < 0 else 0),
            "iss": self.world.clerk_url,
            "jti": new_id("")[:20],
            "nbf": now + min(lifetime, 0) - 10,
            "sts": "active",
            "v": 2,
        }
        chosen = {name: value for name, value in (usual | claims).items() if value is not None}
        named = {"cat": "cl_B7d4PD111AAA", "kid": self.key.key_id} | (headers or {})
        if algorithm == "HS256":
            return _sign_with_text(chosen, {"typ": "JWT", "alg": "HS256"} | named, str(key))
        signer = "" if algorithm == "none" else key or self.key.private
        return jwt.encode(chosen, signer, algorithm=algorithm, headers=named)


def _sign_with_text(claims: Json, headers: Json, key: str) -> str:
    """A token signed with any text, a public key too, which PyJWT rightly refuses to do."""
    head, body = (_segment(json.dumps(part).encode()) for part in (headers, claims))
    mark = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_segment(mark)}"


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
