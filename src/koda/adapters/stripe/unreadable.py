"""Reading what Stripe lists one by one, so that one odd object keeps nobody from the others."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from koda.domain.model.unreadable import Unreadable, UnreadableKind

T = TypeVar("T")

_MALFORMED = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What making sense of an object raises; `OSError` is of a time that the machine does not know."""


def read(kind: UnreadableKind, listed: Any, reading: Callable[[], T]) -> T | Unreadable:
    """What `reading` makes of a listed object, or that it cannot be read.

    Raises:
        AttributeError: it has no id, so that it is none of Stripe's objects.
        Unavailable: `reading` asks Stripe, which does not answer.
    """
    reference = str(listed.id)
    try:
        return reading()
    except _MALFORMED as error:
        return Unreadable(kind, reference, f"{type(error).__name__}: {error}", _made_at(listed))


def _made_at(listed: Any) -> datetime | None:
    with suppress(*_MALFORMED):
        return datetime.fromtimestamp(listed.created, UTC)
    return None
