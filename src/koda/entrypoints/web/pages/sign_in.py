"""Signing in by Clerk's script, and signing out."""

import logging
from collections.abc import Callable

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import KodaError
from koda.domain.model.people import Principal
from koda.entrypoints.web.links import link_to, own_path
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.sessions import forget, keep
from koda.entrypoints.web.visitors import (
    LEFT,
    SESSION_COOKIE,
    Visitors,
    credentials,
)

logger = logging.getLogger("koda.web")


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
            "sign_in_form",
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
