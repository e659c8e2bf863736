"""The roots of the error tree: what every error has, and a conflict with the present state.

Each error has a stable `code` for programs, an English template for people (`str(error)` is the
template filled in) and its data as attrs fields (`data()`). None knows HTTP, exit codes or a
vendor's words; entrypoints map them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define, fields

from koda.domain.model.sentences import Sentence, translatable


@define(slots=False, repr=False)
class KodaError(Exception):
    """The root of everything that Koda raises on purpose.

    `template` is filled with the error's own fields. Where the words depend on what the error is
    about, `templates` has a whole one for each `about`.
    """

    code: ClassVar[str] = "koda_error"
    template: ClassVar[str] = translatable("Something went wrong.")
    templates: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        # Templates of a parent do not speak for a class that has one of its own.
        if "template" in cls.__dict__ and "templates" not in cls.__dict__:
            cls.templates = {}

    @property
    def about(self) -> str:
        """What the error is about, where `templates` differ by it."""
        return ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What a person is told: what happened and what to do."""
        template = self.templates.get(self.about, self.template)
        return (Sentence(template, self._values()),)

    @property
    def message(self) -> str:
        """What a person is told, in English."""
        return "; ".join(map(str, self.sentences))

    def data(self) -> Mapping[str, object]:
        """The error's own fields, for a program; sentences among them are in English."""
        return {
            name: str(value) if isinstance(value, Sentence) else value
            for name, value in self._values().items()
        }

    def _values(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(type(self))}

    def __str__(self) -> str:
        return self.message


@define(slots=False, repr=False)
class Conflict(KodaError):
    """The request is well formed but does not fit the present state."""

    code: ClassVar[str] = "conflict"
    template: ClassVar[str] = translatable(
        "This does not fit the present state; look again and retry."
    )
