"""Reading what Stripe lists one by one, so that one odd object keeps nobody from the others."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from koda.adapters.stripe.notes import ORDER_NOTE, note
from koda.domain.model.errors import PaymentUnreadable
from koda.domain.model.identifiers import OrderId
from koda.domain.model.unreadable import Unreadable, UnreadableKind

T = TypeVar("T")

_SESSION = "checkout.session"
_MALFORMED = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What making sense of an object raises; `OSError` is of a time that the machine does not know."""


def read(kind: UnreadableKind, listed: Any, reading: Callable[[], T]) -> T | Unreadable:
    """What `reading` makes of a listed object, or that it cannot be read.

    Raises:
        AttributeError: it has no id, so that it is none of Stripe's objects.
        Unavailable: `reading` asks Stripe, which does not answer.
    """
    return _read(kind, str(listed.id), listed, reading)


def read_session(session_id: str, session: Any, reading: Callable[[], T]) -> T:
    """What `reading` makes of a checkout session that was asked for by its id.

    Raises:
        AttributeError: it is none of Stripe's sessions.
        PaymentUnreadable: it cannot be read.
        Unavailable: `reading` asks Stripe, which does not answer.
    """
    if session_id != getattr(session, "id", None) and session.object != _SESSION:
        raise AttributeError(session_id)
    return certain(_read(UnreadableKind.PAYMENT, session_id, session, reading))


def certain(thing: T | Unreadable) -> T:
    """What was read of a payment; raises `PaymentUnreadable` where it could not be."""
    if isinstance(thing, Unreadable):
        kind, reference, problem = thing.kind.value, thing.reference, thing.problem
        raise PaymentUnreadable(kind=kind, reference=reference, problem=problem)
    return thing


def _read(
    kind: UnreadableKind, reference: str, listed: Any, reading: Callable[[], T]
) -> T | Unreadable:
    try:
        return reading()
    except _MALFORMED as error:
        problem = f"{type(error).__name__}: {error}"
        return Unreadable(kind, reference, problem, _made_at(listed), _order_of(listed))


def _order_of(listed: Any) -> OrderId | None:
    with suppress(*_MALFORMED):
        named = note(listed, ORDER_NOTE) or getattr(listed, "transfer_group", None)
        return OrderId(named) if isinstance(named, str) and named else None
    return None


def _made_at(listed: Any) -> datetime | None:
    with suppress(*_MALFORMED):
        return datetime.fromtimestamp(listed.created, UTC)
    return None
