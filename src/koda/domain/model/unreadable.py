"""What the payment provider tells, and Koda cannot read."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from attrs import field, frozen

from koda.domain.model.identifiers import OrderId

T = TypeVar("T")

LONGEST = 200
"""Characters of a reference and of a problem that are kept."""


class UnreadableKind(StrEnum):
    """What it would have been."""

    LEDGER_LINE = "ledger_line"
    PAYMENT = "payment"
    TRANSFER = "transfer"
    FRAUD_WARNING = "fraud_warning"


def _shortened(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:LONGEST])


@frozen
class Unreadable:
    """One thing of the provider's that cannot be read, in place of it: all others can.

    `reference` is the provider's id, `problem` what a program says of it, and `occurred_at` (UTC)
    and `order_id` when it happened and of which order it is, if that much can be read.
    """

    kind: UnreadableKind
    reference: str = field(converter=_shortened)
    problem: str = field(converter=_shortened)
    occurred_at: datetime | None = None
    order_id: OrderId | None = None


def readable(told: Iterable[T | Unreadable]) -> Iterator[T]:
    """What can be read of what the provider tells."""
    for thing in told:
        if not isinstance(thing, Unreadable):
            yield thing
