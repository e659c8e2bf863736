"""Signing in as one of a sandbox's sample people."""

from attrs import frozen
from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from koda.domain.model.errors import Forbidden
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import sentence
from koda.entrypoints.settings.loopback import is_loopback, names_loopback
from koda.entrypoints.web.bodies import read_body
from koda.entrypoints.web.csrf import renew_token
from koda.entrypoints.web.links import link_to, own_path
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.site_cookies import with_site_cookies
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.sample_people import SamplePeople

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
"""What proxies say of whom they speak for."""


@frozen
class Chosen:
    """What a program sends: the id of the person to be."""

    user: str


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
            return jsonify(
                token=self.people.sign_in(
                    UserId(read_body(Chosen, sentence("must be {{user}}, as JSON")).user)
                )
            )
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
        cookies = self.visitors.sessions.begin(token)
        return with_site_cookies(response, cookies, https=self.https)
