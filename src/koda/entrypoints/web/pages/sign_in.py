"""Signing out, and signing in to a sandboxed site as one of its sample people."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen
from flask import Blueprint, jsonify, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from koda.domain.model.identifiers import UserId
from koda.entrypoints.web.bodies import read_body
from koda.entrypoints.web.links import link_to, own_path
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import SESSION_COOKIE, Visitors


@frozen
class SamplePerson:
    """Somebody whom a visitor of the sandbox may be; `about` is half a sentence."""

    id: UserId
    name: str
    about: str


@frozen
class Chosen:
    """What a program sends: the id of the person to be."""

    user: str


class SamplePeople(Protocol):
    """The people of a sandbox, and their sessions."""

    def all(self) -> Sequence[SamplePerson]:
        """Return everybody there is to choose from."""

    def sign_in(self, user_id: UserId) -> str:
        """Begin a session and return its token.

        Raises:
            NotFound: there is no such person.
        """


@frozen
class SignOutPages:
    """Leaving."""

    https: bool

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["POST"])

    def sign_out(self) -> ResponseReturnValue:
        """Forget the session of this browser, its basket included."""
        session.clear()
        response = redirect(link_to("catalogue"), 303)
        response.delete_cookie(SESSION_COOKIE, secure=self.https, httponly=True, samesite="Lax")
        return response


@frozen
class SandboxPages:
    """Choosing whom to be: for the browser a cookie, for a program a token."""

    render: Renderer
    visitors: Visitors
    people: SamplePeople
    https: bool

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/sandbox/sign-in"
        blueprint.add_url_rule(place, "sandbox_sign_in", self.choose)
        blueprint.add_url_rule(place, "sandbox_chosen", self.sign_in, methods=["POST"])

    def choose(self) -> ResponseReturnValue:
        """Show the sample people."""
        return self.render(
            "sign_in",
            people=self.people.all(),
            next=own_path(request.args.get("next", ""), link_to("catalogue")),
            sign_in_url=link_to("sandbox_sign_in"),
        )

    def sign_in(self) -> ResponseReturnValue:
        """Begin a session of the chosen person; programs send JSON and get the token."""
        self.visitors.limit("sign_in")
        if request.is_json:
            return jsonify(token=self.people.sign_in(UserId(read_body(Chosen, "{user}").user)))
        token = self.people.sign_in(UserId(request.form.get("user", "")))
        target = own_path(request.form.get("next", ""), link_to("catalogue"))
        return self._remember(redirect(target, 303), token)

    def _remember(self, response: Response, token: str) -> Response:
        session.pop("csrf_token", None)
        response.set_cookie(SESSION_COOKIE, token, secure=self.https, httponly=True, samesite="Lax")
        return response
