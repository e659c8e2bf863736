"""What stands before the views: forged forms, and the words for what goes wrong."""

import re

from attrs import field, frozen
from flask import Blueprint, Response, request
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException, SecurityError

from koda.domain.model.errors import KodaError
from koda.entrypoints.web.errors import json_problem, problem_of
from koda.entrypoints.web.refusals import log_problem
from koda.entrypoints.web.rendering import Renderer

SESSIONLESS = frozenset(
    {"koda.stripe_webhook", "koda.connect_webhook", "koda.clerk_webhook", "koda.file_sent"}
)
"""Views that prove their caller otherwise: by a signature or a token in the address."""

_FOR_PROGRAMS = re.compile(r"/(api|webhooks|files)/")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@frozen
class FormGuard:
    """Refuses every form that does not carry the token of the visitor's session.

    Only the marketplace's own pages are guarded: the API takes bearer tokens and no cookies, and
    an application that the blueprint is mounted in guards its own views.
    """

    _protection: CSRFProtect = field(factory=CSRFProtect)

    def install(self, app: App, *blueprints: Blueprint) -> None:
        """Prepare `app`; where it guards its own forms, it leaves `blueprints` to this guard."""
        if "csrf" in app.extensions:
            for one in blueprints:
                app.extensions["csrf"].exempt(one)
            return
        app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
        app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
        self._protection.init_app(app)

    def __call__(self) -> None:
        """Check the request at hand; raises `CSRFError`."""
        if request.method in _READING:
            return
        if request.blueprint != "koda" or request.endpoint in SESSIONLESS:
            return
        if request.endpoint == "koda.sandbox_chosen" and request.is_json:
            return
        self._protection.protect()


@frozen
class ErrorPages:
    """Answers every error: to people as a page, to programs as `application/problem+json`."""

    render: Renderer

    def install(self, site: App | Blueprint) -> None:
        """Answer the errors of `site`."""
        site.register_error_handler(KodaError, self.of_koda)
        site.register_error_handler(HTTPException, self._answer)

    def of_koda(self, error: KodaError) -> ResponseReturnValue:
        """Answer an error of the domain."""
        return self._answer(error)

    def _answer(self, error: Exception) -> ResponseReturnValue:
        problem = problem_of(error)
        log_problem(error, problem)
        if isinstance(error, SecurityError):
            advice = f"This site answers at {self.render.site_url} alone.\n"
            return Response(advice, problem.status, mimetype="text/plain")
        if for_program():
            response = json_problem(problem)
        else:
            page = self.render("error", problem=problem)
            response = Response(page, problem.status, problem.headers())
        if isinstance(error, HTTPException):
            _copy_headers(error, response)
        return response


def _copy_headers(error: HTTPException, response: Response) -> None:
    """Keep what an error of HTTP must say, such as the methods that are allowed."""
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value


def for_program() -> bool:
    """Whether the request at hand comes from a program rather than a person."""
    return _FOR_PROGRAMS.search(request.path) is not None or request.is_json
