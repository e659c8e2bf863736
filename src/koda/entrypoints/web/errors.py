"""What an error means over HTTP: one table for the pages and for the API."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from flask import Response, json
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from koda.domain.model.errors import (
    Conflict,
    CorruptRecord,
    Forbidden,
    InvalidForm,
    InvalidValue,
    KodaError,
    NotAuthenticated,
    NotFound,
    TooMany,
    Unavailable,
    Unverified,
)
from koda.entrypoints.web.csrf import ForgedForm
from koda.entrypoints.web.wording import capitalised, fault_sentence, sentence_of

STATUS: Mapping[type[KodaError], int] = {
    Unverified: 400,
    NotAuthenticated: 401,
    Forbidden: 403,
    ForgedForm: 403,
    NotFound: 404,
    Conflict: 409,
    InvalidValue: 422,
    TooMany: 429,
    CorruptRecord: 500,
    KodaError: 500,
    Unavailable: 503,
}
"""The status of each family of errors; an error has that of its nearest ancestor."""

TITLES: Mapping[int, str] = {
    400: "The request makes no sense",
    401: "Sign in first",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "That does not work here",
    409: "This does not fit any more",
    411: "That has no length",
    413: "That is too large",
    415: "That kind of content is not taken",
    422: "Something needs changing",
    429: "Too much at once",
    500: "Something broke on our side",
    503: "Not available at the moment",
}

SENTENCES: Mapping[int, str] = {
    400: "The request cannot be understood.",
    403: "You may not do this.",
    404: "There is no such page.",
    405: "This address does not take that kind of request.",
    411: "The form does not say how long it is.",
    413: "What was sent is larger than this address takes.",
    415: "What was sent is of a kind that this address does not take.",
    500: "The error has been noted.",
}

ADVICE: Mapping[int, str] = {
    400: "Go back, reload the page and try again.",
    403: "If you think you should, sign in as somebody who may.",
    404: "It may have been withdrawn. Look for it in the catalogue.",
    405: "Go back and use the button or link of the page.",
    411: "Send it with a Content-Length, as browsers do.",
    413: "Send less, or a smaller file.",
    500: "Try again in a moment; if it happens again, write to the marketplace.",
    503: "Nothing was lost. Try again in a moment.",
}

FORM_ADVICE = "Go back, reload the page and send the form again."

CODES: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    500: "internal_error",
}

SERVER_ERROR = 500


@frozen
class Problem:
    """An error as HTTP tells it: RFC 9457's members, the stable code, and what to do about it.

    `retry_after` in seconds, where coming back later helps. `data` holds the error's own fields.
    `sentence` is what a page says instead of `detail`.
    """

    status: int
    code: str
    title: str
    detail: str
    advice: str = ""
    retry_after: int | None = None
    data: Mapping[str, Any] = field(factory=dict)
    sentence: str = ""

    @property
    def said(self) -> str:
        """What a page says: `detail` may hold names that only programs know."""
        return self.sentence or self.detail

    def document(self) -> dict[str, Any]:
        """The JSON object of the media type `application/problem+json`."""
        members = {
            "type": f"urn:koda:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return {**self.data, **members}

    def headers(self) -> dict[str, str]:
        """The headers that go with the answer."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def status_of(error: KodaError) -> int:
    """Return the HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: Exception) -> Problem:
    """Return what `error` means over HTTP; of what nobody foresaw, nothing is told."""
    if isinstance(error, KodaError):
        return _of_koda(error)
    if isinstance(error, HTTPException) and error.code is not None:
        return _of_status(error.code)
    return _of_status(SERVER_ERROR)


def json_problem(problem: Problem) -> Response:
    """Answer a problem as `application/problem+json`, with the sentence for the page's script."""
    return Response(
        json.dumps({**problem.document(), "sentence": problem.said}),
        problem.status,
        problem.headers(),
        content_type="application/problem+json",
    )


@frozen
class Fault:
    """One thing that is wrong with a form: the field, and the sentence beside it."""

    field: str
    code: str
    problem: str

    @property
    def beside(self) -> str:
        """The sentence as it stands beside the field."""
        return f"{capitalised(self.problem)}."

    @property
    def sentence(self) -> str:
        """The sentence as it stands alone, far from the field."""
        return fault_sentence(self.field, self.problem)


def faults_of(error: InvalidValue) -> tuple[Fault, ...]:
    """Return every fault that a refused form has."""
    problems = error.problems if isinstance(error, InvalidForm) else (error,)
    return tuple(Fault(problem.field, problem.code, str(problem.problem)) for problem in problems)


def _of_koda(error: KodaError) -> Problem:
    status = status_of(error)
    if status == SERVER_ERROR:
        return _of_status(status, error.code)
    retry_after = error.retry_after if isinstance(error, TooMany | Unavailable) else None
    advice = ADVICE[status] if isinstance(error, Unavailable) else ""
    if isinstance(error, ForgedForm):
        advice = FORM_ADVICE
    data = _plain(error.data())
    return Problem(
        status,
        error.code,
        TITLES[status],
        error.message,
        advice,
        retry_after,
        data,
        sentence_of(error),
    )


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a client may see, as JSON knows them; a message of its own is left out."""
    return {
        name: value if isinstance(value, str | int | list | tuple) else str(value)
        for name, value in data.items()
        if value is not None
    }


def _of_status(status: int, code: str | None = None) -> Problem:
    phrase = HTTP_STATUS_CODES.get(status, "Error")
    return Problem(
        status,
        code or CODES.get(status, phrase.lower().replace(" ", "_")),
        TITLES.get(status, phrase),
        SENTENCES.get(status, f"{phrase}."),
        ADVICE.get(status, ""),
    )
