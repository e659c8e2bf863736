"""Errors of what is stored, or is not: its absence, its revision, its state."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict, KodaError
from koda.domain.model.errors.templates import (
    ALREADY_EXISTS,
    EXPIRED,
    NOT_FOUND,
    STALE_WRITE,
    WRONG_STATE,
)
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class NotFound(KodaError, LookupError):
    """There is no such thing, or the caller may not know that there is."""

    code: ClassVar[str] = "not_found"
    template: ClassVar[str] = translatable("There is no {kind} {id!r}.")
    templates: ClassVar[Mapping[str, str]] = NOT_FOUND
    kind: str
    id: str

    @property
    def about(self) -> str:
        return self.kind


@define(slots=False, repr=False)
class StaleWrite(Conflict):
    """Somebody else saved first; read again and decide again."""

    code: ClassVar[str] = "stale_write"
    template: ClassVar[str] = translatable(
        "The {kind} {id!r} was changed meanwhile; read it again and retry."
    )
    templates: ClassVar[Mapping[str, str]] = STALE_WRITE
    kind: str
    id: str

    @property
    def about(self) -> str:
        return self.kind


@define(slots=False, repr=False)
class AlreadyExists(Conflict):
    """Something with this identity is stored already."""

    code: ClassVar[str] = "already_exists"
    template: ClassVar[str] = translatable("The {kind} {id!r} exists already.")
    templates: ClassVar[Mapping[str, str]] = ALREADY_EXISTS
    kind: str
    id: str

    @property
    def about(self) -> str:
        return self.kind


@define(slots=False, repr=False)
class WrongState(Conflict):
    """The thing is in a state that does not allow the step."""

    code: ClassVar[str] = "wrong_state"
    template: ClassVar[str] = translatable("The {kind} {id!r} is {state}; you cannot {step} it.")
    templates: ClassVar[Mapping[str, str]] = WRONG_STATE
    kind: str
    id: str
    state: str
    step: str

    @property
    def about(self) -> str:
        return f"{self.kind}, {self.state}, {self.step}"


@define(slots=False, repr=False)
class Expired(Conflict):
    """A permission whose time is over."""

    code: ClassVar[str] = "expired"
    template: ClassVar[str] = translatable("The {kind} expired at {at}; ask for a new one.")
    templates: ClassVar[Mapping[str, str]] = EXPIRED
    kind: str
    at: datetime

    @property
    def about(self) -> str:
        return self.kind


@define(slots=False, repr=False)
class RequestKeyReused(Conflict):
    """An idempotency key that was used for another request."""

    code: ClassVar[str] = "request_key_reused"
    template: ClassVar[str] = translatable(
        "This idempotency key was used for another request; use a new key."
    )
    request_key: str
