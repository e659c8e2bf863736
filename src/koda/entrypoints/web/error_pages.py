"""Error pages: every error as a page for people, as a problem document for programs."""

import re

from attrs import frozen
from flask import Blueprint, Response, g, request
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.entrypoints.web.errors import json_problem, problem_of
from koda.entrypoints.web.form_guard import SESSIONLESS
from koda.entrypoints.web.language import Speaker, say
from koda.entrypoints.web.mounting import is_page, opens_page, view_name
from koda.entrypoints.web.refusals import log_problem
from koda.entrypoints.web.rendering import Renderer

_FOR_PROGRAMS = re.compile(r"/(api|webhooks|files)/")


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
        if "koda_languages" not in g:
            Speaker(self.render.languages)()
        problem = problem_of(error)
        log_problem(error, problem)
        if isinstance(error, NotAuthenticated) and opens_page() and not self._stuck():
            return _see_other(self.render.sign_in())
        if isinstance(error, SecurityError):
            advice = say("This site answers at {address} alone.", address=self.render.site_url)
            return Response(f"{advice}\n", problem.status, mimetype="text/plain")
        if for_program():
            response = json_problem(problem)
        else:
            page = self.render("error", problem=problem)
            response = Response(page, problem.status, problem.headers())
        if isinstance(error, HTTPException):
            _copy_headers(error, response)
        return response

    def _stuck(self) -> bool:
        """Whether the sign-in page would lead straight back, or there is none."""
        return self.render.visitors.claims() or not self.render.sign_in()


def _see_other(address: str) -> Response:
    """Lead on, this time alone."""
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def _copy_headers(error: HTTPException, response: Response) -> None:
    """Keep what an error of HTTP must say, such as the methods that are allowed."""
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value


def for_program() -> bool:
    """Whether the request at hand comes from a program rather than a person."""
    if is_page():
        return view_name() in {*SESSIONLESS, "file"} or request.is_json
    return _FOR_PROGRAMS.match(request.path) is not None or request.is_json
