"""Forms that keep what was typed when they are refused."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from attrs import field, frozen
from flask import request

from koda.domain.model.errors import (
    Conflict,
    Expired,
    InvalidValue,
    KodaError,
    NotFound,
    UploadMissing,
)
from koda.domain.model.identifiers import UploadId
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import FileKind
from koda.entrypoints.web.errors import Fault, faults_of, status_of
from koda.entrypoints.web.wording import sentence_of

REFUSALS = (Conflict, InvalidValue, NotFound)
"""What the sender of a form can mend; anything else is no matter of the form."""

Done = TypeVar("Done")


def upload_field(kind: FileKind) -> str:
    """Return the name of the hidden field that carries an upload's id."""
    return f"{kind.value}_upload_id"


@frozen
class Refusal:
    """Why a form was not taken: the HTTP status, and each thing to change."""

    status: int
    faults: tuple[Fault, ...]

    @classmethod
    def of(cls, error: KodaError) -> "Refusal":
        """Say what a use case had against a form."""
        if isinstance(error, InvalidValue):
            return cls(status_of(error), faults_of(error))
        fault = Fault("", error.code, error.sentences[0], whole=sentence_of(error))
        return cls(status_of(error), (fault,))

    @classmethod
    def of_upload(cls, kind: FileKind, error: KodaError) -> "Refusal":
        """Say what is wrong with the file of `kind`, at its own input."""
        if isinstance(error, InvalidValue):
            problem = error.problem
        elif isinstance(error, NotFound | UploadMissing | Expired):
            problem = sentence("must be chosen and uploaded again")
        else:
            return cls.of(error)
        return cls(status_of(error), (Fault(kind.value, error.code, problem),))

    def __add__(self, other: "Refusal") -> "Refusal":
        return Refusal(self.status, (*self.faults, *other.faults))


UNTRIED = Refusal(200, ())
"""Of a form that was not sent yet."""


@frozen
class Typed:
    """What a form brought: its text, and the uploads that are worth keeping for another try."""

    values: dict[str, str]
    uploads: dict[FileKind, UploadId] = field(factory=dict)

    @classmethod
    def read(cls, *names: str) -> "Typed":
        """Read the text fields of the form at hand; browsers send line ends as two characters."""
        return cls({name: request.form.get(name, "").replace("\r\n", "\n") for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def shown(self, faults: Iterable[Fault]) -> dict[str, str]:
        """What the refused form shows again; uploads that are at fault are asked for anew."""
        wrong = {fault.field for fault in faults}
        sound = {kind: upload for kind, upload in self.uploads.items() if kind.value not in wrong}
        return {**self.values, **{upload_field(kind): upload for kind, upload in sound.items()}}


def attempt(
    refusals: Sequence[Refusal], check: Callable[[], object], act: Callable[[], Done]
) -> Done | Refusal:
    """Return what `act` does, or why the form is refused: every reason at once.

    Where something is wrong already, `act` is not called; `check` then finds what else is wrong.
    """
    problems = list(refusals)
    try:
        if not problems:
            return act()
        check()
    except REFUSALS as error:
        problems.append(Refusal.of(error))
    whole, *others = problems
    for other in others:
        whole += other
    return whole
