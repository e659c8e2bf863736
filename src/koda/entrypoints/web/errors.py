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
from koda.domain.model.sentences import Sentence, translatable
from koda.entrypoints.web.csrf import ForgedForm
from koda.entrypoints.web.language import language
from koda.entrypoints.web.wording import beside, fault_sentence, sentence_of

_STATUS: Mapping[type[KodaError], int] = {
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

_TITLES: Mapping[int, str] = {
    400: translatable("The request makes no sense"),
    401: translatable("Sign in first"),
    403: translatable("This is not allowed"),
    404: translatable("There is nothing here"),
    405: translatable("That does not work here"),
    409: translatable("This does not fit any more"),
    411: translatable("That has no length"),
    413: translatable("That is too large"),
    415: translatable("That kind of content is not taken"),
    422: translatable("Something needs changing"),
    429: translatable("Too much at once"),
    500: translatable("Something broke on our side"),
    503: translatable("Not available at the moment"),
}

SENTENCES: Mapping[int, str] = {
    400: translatable("The request cannot be understood."),
    403: translatable("You may not do this."),
    404: translatable("There is no such page."),
    405: translatable("This address does not take that kind of request."),
    411: translatable("The form does not say how long it is."),
    413: translatable("What was sent is larger than this address takes."),
    415: translatable("What was sent is of a kind that this address does not take."),
    500: translatable("The error has been noted."),
}

_ADVICE: Mapping[int, str] = {
    400: translatable("Go back, reload the page and try again."),
    403: translatable("If you think you should, sign in as somebody who may."),
    404: translatable("It may have been withdrawn. Look for it in the catalogue."),
    405: translatable("Go back and use the button or link of the page."),
    411: translatable("Send it with a Content-Length, as browsers do."),
    413: translatable("Send less, or a smaller file."),
    500: translatable("Try again in a moment; if it happens again, write to the marketplace."),
    503: translatable("Nothing was lost. Try again in a moment."),
}

_FORM_ADVICE = translatable("Go back, reload the page and send the form again.")

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
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


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
    """One thing that is wrong with a form: the field, and a clause whose subject it is.

    `whole` is the sentence instead, where it is about no field.
    """

    field: str
    code: str
    problem: Sentence
    whole: str = ""

    @property
    def beside(self) -> str:
        """The sentence as it stands beside the field."""
        return self.whole or beside(self.problem)

    @property
    def sentence(self) -> str:
        """The sentence as it stands alone, far from the field."""
        return self.whole or fault_sentence(self.field, self.problem)

    @property
    def document(self) -> dict[str, str]:
        """The fault for a program."""
        return {"field": self.field, "problem": language().say(self.problem)}


def faults_of(error: InvalidValue) -> tuple[Fault, ...]:
    """Return every fault that a refused form has."""
    problems = error.problems if isinstance(error, InvalidForm) else (error,)
    return tuple(Fault(problem.field, problem.code, problem.problem) for problem in problems)


def _of_koda(error: KodaError) -> Problem:
    status = status_of(error)
    if status == SERVER_ERROR:
        return _of_status(status, error.code)
    retry_after = error.retry_after if isinstance(error, TooMany | Unavailable) else None
    advice = _ADVICE[status] if isinstance(error, Unavailable) else ""
    if isinstance(error, ForgedForm):
        advice = _FORM_ADVICE
    return Problem(
        status,
        error.code,
        language().text(_TITLES[status]),
        language().of_error(error),
        language().text(advice),
        retry_after,
        _plain(error),
        sentence_of(error),
    )


def _plain(error: KodaError) -> dict[str, Any]:
    """The fields that a client may see, as JSON knows them, sentences in the visitor's language."""
    data = {name: getattr(error, name, value) for name, value in error.data().items()}
    if isinstance(error, InvalidForm):
        data["problems"] = [fault.document for fault in faults_of(error)]
    return {name: _plain_value(value) for name, value in data.items() if value is not None}


def _plain_value(value: object) -> object:
    if isinstance(value, Sentence):
        return language().say(value)
    return value if isinstance(value, str | int | list | tuple) else str(value)


def _of_status(status: int, code: str | None = None) -> Problem:
    phrase = HTTP_STATUS_CODES.get(status, "Error")
    return Problem(
        status,
        code or CODES.get(status, phrase.lower().replace(" ", "_")),
        language().text(_TITLES[status]) if status in _TITLES else phrase,
        language().text(SENTENCES[status]) if status in SENTENCES else f"{phrase}.",
        language().text(_ADVICE.get(status, "")),
    )
