"""The roots of the error tree: what every error has, and what the others inherit from.

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


@define(slots=False, repr=False)
class Forbidden(KodaError):
    """The caller is known and may not do this."""

    code: ClassVar[str] = "forbidden"
    template: ClassVar[str] = translatable("You may not {action}.")
    templates: ClassVar[Mapping[str, str]] = {
        "see the administration": translatable("You may not see the administration."),
        "see listings that are off sale": translatable(
            "You may not see listings that are off sale."
        ),
        "moderate listings": translatable("You may not moderate listings."),
        "decide about a listing of your own": translatable(
            "You may not decide about a listing of your own: somebody else has to."
        ),
        "read other people's payments": translatable("You may not read other people's payments."),
        "read what the payment provider's messages say": translatable(
            "You may not read what the payment provider's messages say."
        ),
        "replay the payment provider's messages": translatable(
            "You may not replay the payment provider's messages."
        ),
        "refund purchases": translatable("You may not refund purchases."),
        "refund any amount": translatable("You may not refund any amount."),
        "write off debts": translatable("You may not write off debts."),
        "answer disputes": translatable("You may not answer disputes."),
        "record what no message told": translatable("You may not record what no message told."),
        "give roles": translatable("You may not give roles."),
        "read the audit log": translatable("You may not read the audit log."),
        "sign in at the sandbox of another machine": translatable(
            "You may not sign in at the sandbox of another machine."
        ),
    }
    action: str

    @property
    def about(self) -> str:
        return self.action


@define(slots=False, repr=False)
class InvalidValue(KodaError, ValueError):
    """A value that cannot exist. `field` names it, `problem` says what to do.

    The problem is a clause whose subject is the field: "must be a whole number".
    """

    code: ClassVar[str] = "invalid_value"
    template: ClassVar[str] = translatable("{field}: {problem}")
    field: str
    problem: Sentence


@define(slots=False, repr=False)
class InvalidForm(InvalidValue):
    """Several invalid values at once; `field` and `problem` are those of the first."""

    code: ClassVar[str] = "invalid_form"
    problems: tuple[InvalidValue, ...]

    @classmethod
    def of(cls, problems: "list[InvalidValue]") -> "InvalidForm":
        """Gather `problems` (at least one) into one error."""
        return cls(problems[0].field, problems[0].problem, tuple(problems))

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(said for problem in self.problems for said in problem.sentences)

    def data(self) -> Mapping[str, object]:
        return {
            "problems": [
                {"field": fault.field, "problem": str(fault.problem)} for fault in self.problems
            ]
        }
