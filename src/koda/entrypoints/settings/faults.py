"""What is wrong with settings: faults, of which the first is refused."""

from collections.abc import Iterable

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

PREFIX = "KODA_"

Fault = tuple[str, bool, str]
"""A variable without its prefix, whether it is wrong, and what to do about it."""


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse the first variable that is wrong.

    Raises:
        InvalidValue: names it and says what to do.
    """
    for name, wrong, problem in faults:
        if wrong:
            raise InvalidValue(PREFIX + name, verbatim(problem))
