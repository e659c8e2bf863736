"""Errors of what is stored, or is not: its absence, its revision, its state."""

from datetime import datetime
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict, KodaError


@define(slots=False)
class NotFound(KodaError, LookupError):
    """There is no such thing, or the caller may not know that there is."""

    code: ClassVar[str] = "not_found"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"There is no {self.kind} {self.id!r}."


@define(slots=False)
class StaleWrite(Conflict):
    """Somebody else saved first; read again and decide again."""

    code: ClassVar[str] = "stale_write"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} was changed meanwhile; read it again and retry."


@define(slots=False)
class AlreadyExists(Conflict):
    """Something with this identity is stored already."""

    code: ClassVar[str] = "already_exists"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} exists already."


@define(slots=False)
class WrongState(Conflict):
    """The thing is in a state that does not allow the step."""

    code: ClassVar[str] = "wrong_state"
    kind: str
    id: str
    state: str
    step: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} is {self.state}; you cannot {self.step} it."


@define(slots=False)
class Expired(Conflict):
    """A permission whose time is over."""

    code: ClassVar[str] = "expired"
    kind: str
    at: datetime

    @property
    def message(self) -> str:
        return f"The {self.kind} expired at {self.at:%Y-%m-%d %H:%M:%S} UTC; ask for a new one."


@define(slots=False)
class RequestKeyReused(Conflict):
    """An idempotency key that was used for another request."""

    code: ClassVar[str] = "request_key_reused"
    request_key: str

    @property
    def message(self) -> str:
        return "This idempotency key was used for another request; use a new key."


@define(slots=False)
class CorruptRecord(KodaError):
    """A stored record that no longer reads as what it should be."""

    code: ClassVar[str] = "corrupt_record"
    kind: str
    id: str
    problem: str

    @property
    def message(self) -> str:
        return f"The stored {self.kind} {self.id!r} cannot be read: {self.problem}."
