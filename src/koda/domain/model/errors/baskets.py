"""Errors of baskets that cannot be paid."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence


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
