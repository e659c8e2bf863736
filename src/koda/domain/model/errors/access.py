"""Errors of authentication and rate limits."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError
from koda.domain.model.sentences import Sentence, sentence, translatable


@define(slots=False, repr=False)
class NotAuthenticated(KodaError):
    """Nobody is signed in, or the credentials do not hold. `reason` is safe to show."""

    code: ClassVar[str] = "not_authenticated"
    template: ClassVar[str] = translatable("Sign in first ({reason}).")
    reason: Sentence = sentence("no credentials")


@define(slots=False, repr=False)
class TooMany(KodaError):
    """The caller did this too often. `retry_after` in seconds."""

    code: ClassVar[str] = "too_many"
    template: ClassVar[str] = translatable(
        "Too many requests to {action}; try again in {retry_after} seconds."
    )
    action: str
    retry_after: int
