"""Logging of refused requests."""

import logging
from typing import Any

from flask import g, request
from werkzeug.exceptions import HTTPException, SecurityError

from koda.domain.model.errors import KodaError, NotAuthenticated, Unavailable, Unverified
from koda.domain.model.people import Principal
from koda.entrypoints.logs import request_id
from koda.entrypoints.web.errors import SENTENCES, SERVER_ERROR, Problem

logger: logging.Logger = logging.getLogger("koda.web")

_REFUSED = frozenset({401, 403, 429})


def log_problem(error: Exception, problem: Problem) -> None:
    """Log refusals of who and how often, forged messages, outages, and what failed.

    Bad input is no event: its sender is told. Neither addresses nor headers are logged, since both
    may hold a token.
    """
    fields = _fields(error, problem)
    if problem.status == SERVER_ERROR and not isinstance(error, HTTPException):
        logger.error("Request failed", extra=fields, exc_info=error)
    elif isinstance(error, Unavailable):
        logger.warning("Backend unavailable: %s", error, extra=fields)
    elif isinstance(error, NotAuthenticated) and not _brought_credentials():
        logger.info("Request refused: %s", _in_english(error, problem), extra=fields)
    elif problem.status in _REFUSED or isinstance(error, Unverified | SecurityError):
        logger.warning("Request refused: %s", _in_english(error, problem), extra=fields)


def _in_english(error: Exception, problem: Problem) -> str:
    if isinstance(error, KodaError):
        return str(error)
    return SENTENCES.get(problem.status, problem.detail)


def _brought_credentials() -> bool:
    credentials = g.get("koda_credentials")
    return "Authorization" in request.headers or bool(credentials and credentials.cookie)


def _fields(error: Exception, problem: Problem) -> dict[str, Any]:
    principal: Principal | None = g.get("koda_principal")
    fields = {
        "request_id": request_id.get(),
        "code": problem.code,
        "status": problem.status,
        "method": request.method,
        "view": request.endpoint or "",
        "user_id": principal.user_id if principal else "",
        "cause": type(error.__cause__).__name__ if error.__cause__ else "",
    }
    return {name: value for name, value in fields.items() if value != ""}
