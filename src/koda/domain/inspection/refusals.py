"""How the checks of this package refuse a file."""

from koda.domain.model.errors import InvalidValue


def refusal(problem: str) -> InvalidValue:
    """The error for an uploaded file; `problem` says what is wrong and what to do."""
    return InvalidValue("file", problem)
