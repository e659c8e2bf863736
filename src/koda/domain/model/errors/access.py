"""Errors of authentication, authorization and rate limits."""

from collections.abc import Mapping
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
class Forbidden(KodaError):
    """The caller is known and may not do this."""

    code: ClassVar[str] = "forbidden"
    template: ClassVar[str] = translatable("You may not {action}.")
    templates: ClassVar[Mapping[str, str]] = {
        "moderate listings": translatable("You may not moderate listings."),
        "sign in at the sandbox of another machine": translatable(
            "You may not sign in at the sandbox of another machine."
        ),
    }
    action: str

    @property
    def about(self) -> str:
        return self.action


@define(slots=False, repr=False)
class TooMany(KodaError):
    """The caller did this too often. `retry_after` in seconds."""

    code: ClassVar[str] = "too_many"
    template: ClassVar[str] = translatable(
        "Too many requests to {action}; try again in {retry_after} seconds."
    )
    action: str
    retry_after: int
