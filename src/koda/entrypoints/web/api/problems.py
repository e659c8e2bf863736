"""Answering: JSON for what went well, `application/problem+json` (RFC 9457) for what did not."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, request
from msgspec.structs import replace
from werkzeug.exceptions import MethodNotAllowed

from koda.domain.model.errors import Expired, InvalidValue, NotAuthenticated
from koda.entrypoints.web.api.schemas.common import moment_of
from koda.entrypoints.web.errors import faults_of, problem_of
from koda.entrypoints.web.headers import SEALED
from koda.entrypoints.web.http_errors import ToldError
from koda.entrypoints.web.language import language, tell_language
from koda.entrypoints.web.refusals import log_problem
from koda.entrypoints.wiring.cursors import Cursors

_ENCODER = msgspec.json.Encoder()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": SEALED,
    "X-Content-Type-Options": "nosniff",
}


def answer_json(answer: Any, status: int, max_age: int = 0) -> Response:
    """Answer what went well; bytes are an answer that was written before.

    The caller's own cache may give it again for `max_age` seconds.
    """
    content = answer if isinstance(answer, bytes) else written(answer)
    caching = {"Cache-Control": f"private, max-age={max_age}"} if max_age else {}
    headers = {**_HEADERS, **caching}
    return tell_language(Response(content, status, headers, content_type="application/json"))


def written(answer: Any) -> bytes:
    """Return an answer as JSON."""
    return _ENCODER.encode(answer)


def with_cursor(answer: Any, cursors: Cursors) -> Any:
    """Return an answer whose cursor, if it has one, is signed."""
    following = getattr(answer, "next_cursor", None)
    return replace(answer, next_cursor=cursors.signed(following)) if following else answer


def answer_problem(error: Exception) -> Response:
    """Answer an error; what nobody foresaw is logged, and nothing of it is told."""
    problem = problem_of(error)
    log_problem(error, problem)
    document = {**problem.document(), **_details(error)}
    headers = {**_HEADERS, **problem.headers(), **_headers_of(error)}
    if isinstance(error, InvalidValue):
        document = {name: value for name, value in document.items() if name not in _BESIDE}
    response = Response(
        _ENCODER.encode(document),
        problem.status,
        headers,
        content_type="application/problem+json",
    )
    return tell_language(response)


_BESIDE = ("field", "problem")
"""What an invalid value says of itself stands among `problems`."""


def _details(error: Exception) -> Mapping[str, Any]:
    """What the API tells in its own way."""
    match error:
        case InvalidValue():
            return {"problems": [fault.document for fault in faults_of(error)]}
        case Expired():
            return {"at": moment_of(error.at)}
        case ToldError():
            return {"detail": language().say(error.said)}
        case _:
            return {}


def _headers_of(error: Exception) -> Mapping[str, str]:
    match error:
        case NotAuthenticated():
            sent = "Authorization" in request.headers
            return {"WWW-Authenticate": 'Bearer error="invalid_token"' if sent else "Bearer"}
        case MethodNotAllowed(valid_methods=methods):
            return {"Allow": ", ".join(methods or ())}
        case _:
            return {}
