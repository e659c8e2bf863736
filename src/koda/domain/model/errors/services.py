"""Errors of the services that Koda stands on, and of the messages they send."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError
from koda.domain.model.errors.templates import SERVICE_REFUSED, STILL_PROCESSING, UNAVAILABLE
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class Unavailable(KodaError):
    """A service that Koda stands on is down for now. `retry_after` in seconds."""

    code: ClassVar[str] = "unavailable"
    template: ClassVar[str] = translatable(
        "The {service} is not answering; try again in {retry_after} seconds."
    )
    templates: ClassVar[Mapping[str, str]] = UNAVAILABLE
    service: str
    retry_after: int = 5

    @property
    def about(self) -> str:
        return self.service


@define(slots=False, repr=False)
class Refused(Unavailable):
    """A service that Koda stands on answers, and will not serve the marketplace.

    Its key is wrong, or may not do this, or what it leads to is not there: waiting does not help,
    the operator must set something right. It is no fault of the request, which is worth repeating
    once that is done.
    """

    code: ClassVar[str] = "service_refused"
    template: ClassVar[str] = translatable(
        "The {service} refuses the marketplace; its operator must check it."
    )
    templates: ClassVar[Mapping[str, str]] = SERVICE_REFUSED
    retry_after: int = 300


@define(slots=False, repr=False)
class StillProcessing(Unavailable):
    """A service has begun what was asked, and cannot do the rest of it yet.

    Calling again with the same arguments completes it.
    """

    code: ClassVar[str] = "still_processing"
    template: ClassVar[str] = translatable(
        "The {service} is still at work; try again in {retry_after} seconds."
    )
    templates: ClassVar[Mapping[str, str]] = STILL_PROCESSING


@define(slots=False, repr=False)
class PaymentUnreadable(Unavailable):
    """The provider tells of a payment what makes no sense: of this one alone, however often asked.

    Nothing of it is recorded until somebody has looked. `reference` is the provider's id of what
    cannot be read, `kind` what that is (of `UnreadableKind`), `problem` what a program says of it.
    """

    code: ClassVar[str] = "payment_unreadable"
    template: ClassVar[str] = translatable("A payment cannot be read; somebody must look at it.")
    templates: ClassVar[Mapping[str, str]] = {}
    service: str = "payment provider"
    retry_after: int = 300
    kind: str = "payment"
    reference: str = ""
    problem: str = ""


@define(slots=False)
class Undeliverable(KodaError):
    """A domain event with which a subscriber can do nothing, however often it is told.

    `reason` names nobody; operators read it.
    """

    code: ClassVar[str] = "undeliverable"
    template: ClassVar[str] = translatable("It cannot be delivered: {reason}.")
    reason: str


class RefusalCause(StrEnum):
    """Why a message was refused: its time, its signature, or it is no such message at all."""

    CLOCK = "clock"
    SECRET = "secret"  # noqa: S105 - a cause, no secret
    GARBAGE = "garbage"


@define(slots=False, repr=False)
class Unverified(KodaError):
    """A message that does not prove its sender, or that nobody can read."""

    code: ClassVar[str] = "unverified_message"
    template: ClassVar[str] = translatable("The message was refused: {reason}.")
    reason: str
    cause: RefusalCause = RefusalCause.GARBAGE
