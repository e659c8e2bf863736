"""Errors of values that cannot exist."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError
from koda.domain.model.sentences import Sentence, sentence, translatable


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


@define(slots=False, repr=False)
class EmptyBasket(InvalidValue):
    """Checkout of nothing."""

    code: ClassVar[str] = "empty_basket"
    field: str = "automation_ids"
    problem: Sentence = sentence("the basket is empty; add at least one automation")


@define(slots=False, repr=False)
class DuplicateLine(InvalidValue):
    """The same automation twice in one basket."""

    code: ClassVar[str] = "duplicate_line"
    automation_id: str
    field: str = "automation_ids"
    problem: Sentence = sentence("an automation is in the basket twice; remove one of them")


@define(slots=False, repr=False)
class TooManyLines(InvalidValue):
    """More lines than one order may have."""

    code: ClassVar[str] = "too_many_lines"
    limit: int
    field: str = "automation_ids"
    problem: Sentence = sentence("the basket has too many lines; buy them in several orders")
