"""Clerk's Backend API over HTTP, its keys, and the pictures of people."""

import hmac
import json
import re
from collections.abc import Callable
from html import escape
from typing import Any

from attrs import define, frozen

from paysandbox.clerk.keys import SigningKey
from paysandbox.clerk.sessions import LIFETIME, Tokens, open_session, revoke_session
from paysandbox.clerk.users import add_user, delete_user, show_name, update_user
from paysandbox.errors import ClerkError, Json, no_such
from paysandbox.http import Answer, Request, json_answer
from paysandbox.world import Seen, World

_SHORTEST, _LONGEST = 30, 315_360_000
"""Seconds between which the lifetime of a token may be chosen."""

_MAX_PAGE = 500
_NOTIFY = "notify_primary_email_address_changed"
"""Whether Clerk writes to the person; its library for Python says it with every change."""

PUBLIC = ("/.well-known/", "/avatars/")


@frozen
class ClerkCall:
    """One call: the id in its path, its query and its JSON body."""

    id: str
    query: dict[str, str]
    body: Json


@define
class ClerkApi:
    """Answers the calls under `/clerk/` that are not pages."""

    world: World
    key: SigningKey
    tokens: Tokens

    def answer(self, request: Request) -> Answer:
        """Answer one request, and write it into the log."""
        path = request.path.removeprefix("/clerk")
        try:
            if not path.startswith(PUBLIC):
                self._authenticate(request)
            answer = self._dispatch(request, path)
        except ClerkError as error:
            answer = json_answer(error.body(), error.status)
        self.world.seen.append(Seen(request.method, request.path, {}, None, answer.status))
        return answer

    def _authenticate(self, request: Request) -> None:
        scheme, _, key = request.header("Authorization").partition(" ")
        known = self.world.keys.clerk.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), known):
            message = "The provided Clerk Secret Key is invalid."
            raise ClerkError(message, 401, "clerk_key_invalid")

    def _dispatch(self, request: Request, path: str) -> Answer:
        for method, pattern, handler in _HANDLERS:
            match = re.fullmatch(pattern, path)
            if match is not None and method == request.method:
                call = ClerkCall("".join(match.groups()), request.arguments(), _body(request))
                with self.world.state.transaction():
                    return handler(self, call)
        raise ClerkError(f"There is no {request.method} {path}.", 404, "resource_not_found")

    def jwks(self, _: ClerkCall) -> Answer:
        """The key set that verifiers fetch."""
        return json_answer(self.key.jwks())

    def pem(self, _: ClerkCall) -> Answer:
        """The public key as PEM text."""
        return Answer(200, {"Content-Type": "text/plain"}, self.key.public_pem.encode())

    def create_user(self, call: ClerkCall) -> Answer:
        """Create a person."""
        return json_answer(add_user(self.world, _without_id(call.body)))

    def list_users(self, call: ClerkCall) -> Answer:
        """People, newest first, by address, id or a part of their name."""
        limit = _number(call.query.get("limit", "10"), "limit", 1, _MAX_PAGE)
        offset = _number(call.query.get("offset", "0"), "offset", 0, 10**9)
        return json_answer(self._found(call)[::-1][offset : offset + limit])

    def count_users(self, call: ClerkCall) -> Answer:
        """How many people a list would give."""
        return json_answer({"object": "total_count", "total_count": len(self._found(call))})

    def _found(self, call: ClerkCall) -> list[Json]:
        return [user for user in self.world.state.find("user") if _wanted(user, call.query)]

    def get_user(self, call: ClerkCall) -> Answer:
        """One person."""
        return json_answer(self._load("user", call.id))

    def update_user(self, call: ClerkCall) -> Answer:
        """Change a person."""
        user, change = self._load("user", call.id), _without_id(call.body)
        if not isinstance(change.pop(_NOTIFY, False), bool):
            message = f"{_NOTIFY} is invalid."
            raise ClerkError(message, code="form_param_format_invalid", param=_NOTIFY)
        return json_answer(update_user(self.world, user, change))

    def delete_user(self, call: ClerkCall) -> Answer:
        """Delete a person."""
        return json_answer(delete_user(self.world, self._load("user", call.id)))

    def create_session(self, call: ClerkCall) -> Answer:
        """Sign a person in."""
        return json_answer(open_session(self.world, str(call.body.get("user_id", ""))))

    def get_session(self, call: ClerkCall) -> Answer:
        """One session."""
        return json_answer(self._load("session", call.id))

    def revoke(self, call: ClerkCall) -> Answer:
        """End a session."""
        return json_answer(revoke_session(self.world, self._load("session", call.id)))

    def create_token(self, call: ClerkCall) -> Answer:
        """A token of a session."""
        asked = call.body.get("expires_in_seconds")
        lifetime = LIFETIME if asked is None else _number(asked, "expires_in_seconds")
        session = self._load("session", call.id)
        return json_answer({"object": "token", "jwt": self.tokens.for_session(session, lifetime)})

    def avatar(self, call: ClerkCall) -> Answer:
        """A person's initials as a picture."""
        user = self._load("user", call.id)
        initials = "".join(word[0] for word in show_name(user).split()[:2]).upper()
        hue = sum(call.id.encode()) * 47 % 360
        picture = _AVATAR.format(hue=hue, initials=escape(initials))
        return Answer(200, {"Content-Type": "image/svg+xml"}, picture.encode())

    def _load(self, kind: str, identifier: str) -> Json:
        found = self.world.state.get(kind, identifier)
        if found is None:
            raise no_such(kind, identifier)
        return found


_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
    '<rect width="96" height="96" fill="hsl({hue} 45% 40%)"/>'
    '<text x="48" y="50" fill="#fff" font-family="sans-serif" font-size="38"'
    ' text-anchor="middle" dominant-baseline="middle">{initials}</text></svg>'
)

_HANDLERS: tuple[tuple[str, str, Callable[[ClerkApi, ClerkCall], Answer]], ...] = (
    ("GET", r"/v1/jwks", ClerkApi.jwks),
    ("GET", r"/\.well-known/jwks\.json", ClerkApi.jwks),
    ("GET", r"/\.well-known/key\.pem", ClerkApi.pem),
    ("GET", r"/avatars/([^/]+)\.svg", ClerkApi.avatar),
    ("POST", r"/v1/users", ClerkApi.create_user),
    ("GET", r"/v1/users", ClerkApi.list_users),
    ("GET", r"/v1/users/count", ClerkApi.count_users),
    ("GET", r"/v1/users/([^/]+)", ClerkApi.get_user),
    ("PATCH", r"/v1/users/([^/]+)", ClerkApi.update_user),
    ("DELETE", r"/v1/users/([^/]+)", ClerkApi.delete_user),
    ("POST", r"/v1/sessions", ClerkApi.create_session),
    ("GET", r"/v1/sessions/([^/]+)", ClerkApi.get_session),
    ("POST", r"/v1/sessions/([^/]+)/revoke", ClerkApi.revoke),
    ("POST", r"/v1/sessions/([^/]+)/tokens", ClerkApi.create_token),
)


def _body(request: Request) -> Json:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ClerkError("The body is not JSON.", 400, "request_body_invalid") from error
    if not isinstance(body, dict):
        raise ClerkError("The body is not a JSON object.", 400, "request_body_invalid")
    return body


def _without_id(body: Json) -> Json:
    """What was given of a person; only the sandbox's owner chooses ids."""
    return {name: value for name, value in body.items() if name != "id"}


def _number(value: Any, name: str, least: int = _SHORTEST, most: int = _LONGEST) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        message = f"{name} must be a number from {least} to {most}."
        raise ClerkError(message, code="form_param_value_invalid", param=name)
    return number


def _wanted(user: Json, query: dict[str, str]) -> bool:
    addresses = [row["email_address"] for row in user["email_addresses"]]
    text = " ".join([show_name(user), user["username"] or "", *addresses]).lower()
    return (
        query.get("email_address", "") in {"", *addresses}
        and query.get("user_id", "") in {"", user["id"]}
        and query.get("query", "").lower() in text
    )
