"""Signing in by the identity provider's script, and signing out."""

import logging
from io import BytesIO

from attrs import frozen
from flask import Blueprint, Response, redirect, request, send_file
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import KodaError
from koda.domain.model.people import Principal
from koda.entrypoints.web.headers import YEAR
from koda.entrypoints.web.links import link_to, own_path
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.sessions import forget, keep
from koda.entrypoints.web.site_cookies import with_site_cookies
from koda.entrypoints.web.visitors import LEFT, Visitors
from koda.ports.browser_sessions import BrowserScript

logger: logging.Logger = logging.getLogger("koda.web")


@frozen
class SignInPages:
    """Signing in and up on this site, by forms of the identity provider's `script`."""

    render: Renderer
    visitors: Visitors
    script: BrowserScript

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/koda-static/identity.js", "identity_script", self.serve)
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
            script=self.render.loaded(),
            sign_in_url="",
        )

    def serve(self) -> Response:
        """Return the script, which browsers keep: its address changes with its content."""
        source, kind = BytesIO(self.script.source), "text/javascript"
        return send_file(source, kind, max_age=YEAR, etag=self.script.fingerprint)


@frozen
class SignOutPages:
    """Leaving: here, and at the identity provider as far as the site may end sessions there."""

    visitors: Visitors
    https: bool
    login: Login = AS_SET

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["POST"])

    def sign_out(self) -> ResponseReturnValue:
        """Forget this browser's session with the marketplace, its basket included."""
        principal = self.visitors.current()
        if principal is not None and not self.login.own:
            self._revoke(principal)
        forget()
        if self.login.own:
            done = self.login.sign_out() if self.login.sign_out else None
            return redirect(link_to("catalogue"), 303) if done is None else done
        signed_in_at = self.visitors.brought().signed_in_at
        if signed_in_at:
            keep(LEFT, signed_in_at)
        response = redirect(link_to("catalogue"), 303)
        return with_site_cookies(response, self.visitors.sessions.end(), https=self.https)

    def _revoke(self, principal: Principal) -> None:
        try:
            self.visitors.sessions.revoke(principal.session_id)
        except KodaError as error:
            logger.warning("A session ends here alone: %s", error)
