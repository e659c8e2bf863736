"""Errors of records that cannot be read any more."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class CorruptRecord(KodaError):
    """A stored record that no longer reads as what it should be."""

    code: ClassVar[str] = "corrupt_record"
    template: ClassVar[str] = translatable("The stored {kind} {id!r} cannot be read: {problem}.")
    kind: str
    id: str
    problem: str
