"""Signing in by Clerk's script or as one of a sandbox's sample people, and signing out."""

import logging
from collections.abc import Callable

from attrs import frozen
from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from koda.domain.model.errors import Forbidden, KodaError
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Principal
from koda.entrypoints.settings.loopback import is_loopback, names_loopback
from koda.entrypoints.web.bodies import read_body
from koda.entrypoints.web.csrf import renew_token
from koda.entrypoints.web.links import link_to, own_path
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.sessions import forget, keep
from koda.entrypoints.web.visitors import (
    LEFT,
    SESSION_COOKIE,
    SIGN_IN_COOKIE,
    Visitors,
    credentials,
)
from koda.entrypoints.wiring.sample_people import SamplePeople

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
"""What proxies say of whom they speak for."""

logger = logging.getLogger("koda.web")


@frozen
class Chosen:
    """What a program sends: the id of the person to be."""

    user: str


@frozen
class ClerkPages:
    """Signing in and up on this site, by components of Clerk's script."""

    render: Renderer
    visitors: Visitors

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sign-in", "sign_in", lambda: self.show("sign-in"))
        blueprint.add_url_rule("/sign-up", "sign_up", lambda: self.show("sign-up"))

    def show(self, component: str) -> ResponseReturnValue:
        """Show one of the two; whoever is signed in already goes on."""
        target = own_path(request.args.get("next", ""), link_to("catalogue"))
        if self.visitors.current() is not None:
            return redirect(target, 303)
        return self.render(
            "clerk",
            component=component,
            next=target,
            hosted_url=self.render.hosted_sign_in(target),
            clerk=self.render.script(),
            sign_in_url="",
        )


@frozen
class SignOutPages:
    """Leaving; `end_session` ends the session of an id at the identity provider, too."""

    visitors: Visitors
    https: bool
    end_session: Callable[[str], None] | None = None
    login: Login = AS_SET

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["POST"])

    def sign_out(self) -> ResponseReturnValue:
        """Forget this browser's session with the marketplace, its basket included."""
        principal = self.visitors.current()
        if principal is not None and self.end_session is not None:
            self._end(self.end_session, principal)
        forget()
        if self.login.own:
            done = self.login.sign_out() if self.login.sign_out else None
            return redirect(link_to("catalogue"), 303) if done is None else done
        if credentials().signed_in_at:
            keep(LEFT, credentials().signed_in_at)
        response = redirect(link_to("catalogue"), 303)
        response.delete_cookie(SESSION_COOKIE, secure=self.https, httponly=True, samesite="Lax")
        return response

    def _end(self, end_session: Callable[[str], None], principal: Principal) -> None:
        try:
            end_session(principal.session_id)
        except KodaError as error:
            logger.warning("A session ends here alone: %s", error)


@frozen
class SandboxPages:
    """Choosing whom to be: for the browser a cookie, for a program a token.

    Only somebody at this machine may, unless the sandbox is `public`. A proxy on this machine
    brings in others: what says that it was forwarded is refused, unless the settings say that the
    site is `behind_proxies`.
    """

    render: Renderer
    visitors: Visitors
    people: SamplePeople
    https: bool
    public: bool
    behind_proxies: bool

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/sandbox/sign-in"
        blueprint.add_url_rule(place, "sandbox_sign_in", self.choose)
        blueprint.add_url_rule(place, "sandbox_chosen", self.sign_in, methods=["POST"])

    def choose(self) -> ResponseReturnValue:
        """Show the sample people."""
        self._keep_out_others()
        return self.render(
            "sign_in",
            people=self.people.all(),
            next=own_path(request.args.get("next", ""), link_to("catalogue")),
            sign_in_url=link_to("sandbox_sign_in"),
        )

    def sign_in(self) -> ResponseReturnValue:
        """Begin a session of the chosen person; programs send JSON and get the token."""
        self._keep_out_others()
        self.visitors.limit("sign_in")
        if request.is_json:
            return jsonify(token=self.people.sign_in(UserId(read_body(Chosen, "{user}").user)))
        token = self.people.sign_in(UserId(request.form.get("user", "")))
        target = own_path(request.form.get("next", ""), link_to("catalogue"))
        return self._remember(redirect(target, 303), token)

    def _keep_out_others(self) -> None:
        here = is_loopback(request.remote_addr) and names_loopback(request.host)
        forwarded = any(name in request.headers for name in FORWARDED) and not self.behind_proxies
        if not self.public and (forwarded or not here):
            raise Forbidden("sign in at the sandbox of another machine")

    def _remember(self, response: Response, token: str) -> Response:
        renew_token()
        # Cookies are shared among the ports of a host: another site may have left its own there.
        response.delete_cookie(SIGN_IN_COOKIE, secure=self.https, samesite="Lax")
        response.set_cookie(SESSION_COOKIE, token, secure=self.https, httponly=True, samesite="Lax")
        return response
