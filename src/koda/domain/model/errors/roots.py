"""The roots of the error tree: what every error has, and a conflict with the present state.

Each error has a stable `code` for programs, a sentence for a person (`str(error)`) and its data
as attrs fields (`data()`). None knows HTTP, exit codes or a vendor's words; entrypoints map them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import asdict, define


@define(slots=False)
class KodaError(Exception):
    """The root of everything that Koda raises on purpose."""

    code: ClassVar[str] = "koda_error"

    @property
    def message(self) -> str:
        """A sentence for a person: what happened and what to do."""
        return "Something went wrong."

    def data(self) -> Mapping[str, Any]:
        """The error's own fields, for a program."""
        return asdict(self)

    def __str__(self) -> str:
        return self.message


@define(slots=False)
class Conflict(KodaError):
    """The request is well formed but does not fit the present state."""

    code: ClassVar[str] = "conflict"

    @property
    def message(self) -> str:
        return "This does not fit the present state; look again and retry."
