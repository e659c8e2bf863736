"""Clerk's Frontend API, as far as browsers need it to sign in, stay signed in, and leave.

https://clerk.com/docs/reference/frontend-api
"""

import re
from collections.abc import Callable
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from attrs import define, evolve

from paysandbox.clerk.clients import (
    client_cookies,
    client_of,
    session_of,
    sign_in,
    sign_out,
    signed_in_cookie,
)
from paysandbox.clerk.sessions import Tokens
from paysandbox.clerk.users import add_user
from paysandbox.errors import ApiError, ClerkError, Json, no_such
from paysandbox.http import Answer, Request, json_answer
from paysandbox.loopback import is_loopback
from paysandbox.resources.links import check_address
from paysandbox.world import Seen, World

GONE = "__session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax"
PREFIX = "/clerk"


@define
class FrontendApi:
    """Answers what browsers ask under `/clerk/`."""

    world: World
    tokens: Tokens

    def serves(self, path: str) -> bool:
        """Whether a path is of this API."""
        return any(re.fullmatch(PREFIX + pattern, path) for _, pattern, _ in HANDLERS)

    def answer(self, request: Request) -> Answer:
        """Answer one request, and write it into the log."""
        try:
            answer = self._dispatch(request)
        except (ApiError, ClerkError) as error:
            answer = json_answer(error.body(), error.status)
        self.world.seen.append(Seen(request.method, request.path, {}, None, answer.status))
        return answer.with_headers(**_shared_with(request.header("Origin")))

    def _dispatch(self, request: Request) -> Answer:
        if request.method != "GET" and not _is_own(request.header("Origin")):
            raise ClerkError("Requests of pages elsewhere are not taken", 403, "origin_invalid")
        method = request.arguments().get("_method", request.method).upper()
        for known, pattern, handler in HANDLERS:
            match = re.fullmatch(PREFIX + pattern, request.path)
            if match is not None and method == known:
                with self.world.state.transaction():
                    return handler(self, request, "".join(match.groups()))
        if method == "OPTIONS":
            return Answer(204)
        raise ClerkError(f"There is no {method} {request.path}.", 404, "resource_not_found")

    def script(self, _: Request, __: str) -> Answer:
        """What stands in for Clerk's own script."""
        text = files("paysandbox.clerk").joinpath("clerk.browser.js").read_bytes()
        headers = {"Content-Type": "text/javascript", "Cache-Control": "no-cache"}
        return Answer(200, headers, text)

    def handshake(self, request: Request, _: str) -> Answer:
        """Send the browser back with the cookies that it should have on the site."""
        back = request.arguments().get("redirect_url")
        check_address(back, "redirect_url")
        client = client_of(self.world, request)
        session = session_of(self.world, client)
        cookies = [signed_in_cookie(client if session else None), GONE]
        if session is not None:
            token = self.tokens.for_session(session, origin=_origin_of(str(back)))
            cookies[1] = f"__session={token}; Path=/; SameSite=Lax"
        signed = self.tokens.mint({"handshake": cookies, "sts": None, "fva": None})
        address = _with_argument(str(back), "__clerk_handshake", signed)
        return Answer(307, {"Location": address, "Cache-Control": "no-store"})

    def show_client(self, request: Request, _: str) -> Answer:
        """Who is signed in with this browser."""
        return self._told(client_of(self.world, request), None, request)

    def sign_in(self, request: Request, _: str) -> Answer:
        """Sign somebody in by an address or a username; no password is asked for."""
        wanted = request.form().get("identifier", "").strip().lower()
        user = next(
            (person for person in self.world.state.find("user") if wanted in _names(person)), None
        )
        if user is None:
            message = "Couldn't find your account."
            raise ClerkError(message, 422, "form_identifier_not_found", "identifier")
        return self._enter(request, user, "sign_in_attempt")

    def sign_up(self, request: Request, _: str) -> Answer:
        """Make somebody known, and sign them in; no address is verified."""
        form = request.form()
        given = {name: form[name] for name in ("first_name", "last_name") if form.get(name)}
        addresses = [form.get("email_address", "").strip()]
        user = add_user(self.world, {**given, "email_address": addresses})
        return self._enter(request, user, "sign_up_attempt")

    def _enter(self, request: Request, user: Json, kind: str) -> Answer:
        client = sign_in(self.world, client_of(self.world, request), user["id"])
        entered = client["last_active_session_id"]
        attempt = {"object": kind, "status": "complete", "created_session_id": entered}
        return self._told(client, attempt, request)

    def sign_out(self, request: Request, _: str) -> Answer:
        """End the sessions of this browser."""
        client = client_of(self.world, request)
        left = None if client is None else sign_out(self.world, client)
        return self._told(left, None, request)

    def create_token(self, request: Request, session_id: str) -> Answer:
        """A fresh token of this browser's session."""
        session = session_of(self.world, client_of(self.world, request))
        if session is None or session["id"] != session_id:
            raise no_such("session", session_id)
        token = self.tokens.for_session(session, origin=request.header("Origin") or None)
        return json_answer({"object": "token", "jwt": token})

    def _told(self, client: Json | None, attempt: Json | None, request: Request) -> Answer:
        shown = self._shown(client, request.header("Origin") or None)
        body = {"response": shown if attempt is None else attempt, "client": shown}
        return evolve(json_answer(body), cookies=client_cookies(self.world, client))

    def _shown(self, client: Json | None, origin: str | None) -> Json | None:
        if client is None:
            return None
        session = session_of(self.world, client)
        sessions = []
        if session is not None:
            token = {"object": "token", "jwt": self.tokens.for_session(session, origin=origin)}
            user = self.world.load("user", session["user_id"])
            sessions = [{**session, "user": user, "last_active_token": token}]
        return {**client, "sessions": sessions, "sign_in": None, "sign_up": None}


HANDLERS: tuple[tuple[str, str, Callable[[FrontendApi, Request, str], Answer]], ...] = (
    ("GET", r"/npm/@clerk/clerk-js@[0-9.a-z-]+/dist/clerk\.browser\.js()", FrontendApi.script),
    ("GET", r"/v1/client/handshake()", FrontendApi.handshake),
    ("GET", r"/v1/client()", FrontendApi.show_client),
    ("POST", r"/v1/client/sign_ins()", FrontendApi.sign_in),
    ("POST", r"/v1/client/sign_ups()", FrontendApi.sign_up),
    ("DELETE", r"/v1/client/sessions()", FrontendApi.sign_out),
    ("POST", r"/v1/client/sessions/([^/]+)/tokens", FrontendApi.create_token),
)


def _names(user: Json) -> set[str]:
    addresses = (row["email_address"] for row in user["email_addresses"])
    return {name.lower() for name in (*addresses, user["username"] or user["id"])}


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _with_argument(address: str, name: str, value: str) -> str:
    parts = urlsplit(address)
    arguments = [*parse_qsl(parts.query, keep_blank_values=True), (name, value)]
    return urlunsplit(parts._replace(query=urlencode(arguments)))


def _is_own(origin: str) -> bool:
    """Whether a page of this machine sends the request, or no page at all."""
    return not origin or is_loopback(urlsplit(origin).hostname)


def _shared_with(origin: str) -> dict[str, str]:
    """Headers that let a page of another port of this machine read the answer, with its cookies."""
    if not is_loopback(urlsplit(origin).hostname):
        return {}
    return {
        "Access_Control_Allow_Origin": origin,
        "Access_Control_Allow_Credentials": "true",
        "Access_Control_Allow_Headers": "authorization, content-type",
        "Access_Control_Allow_Methods": "GET, POST, PATCH, DELETE",
        "Vary": "Origin",
    }
