"""Disputes: a buyer's bank questions a payment."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.identifiers import DisputeId
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier, utc


class DisputeState(StrEnum):
    """Where a dispute stands.

    An `inquiry` moves no money yet; one that is `open` or `lost` took the amount from the
    marketplace; one `prevented` was settled before it began, as an inquiry is that was closed.
    """

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


_TAKEN = frozenset({DisputeState.OPEN, DisputeState.LOST})
"""The states of a dispute in which the buyer's bank has the money."""


@frozen
class Dispute:
    """A buyer's bank questions a charge, or a part of it.

    `reason` is the provider's word for why; `due_by` (UTC) is when evidence must be there.
    """

    id: DisputeId = field(validator=identifier)
    amount: Money
    state: DisputeState
    reason: str = field(validator=identifier)
    due_by: datetime | None = field(default=None, validator=optional(utc))

    @property
    def open(self) -> bool:
        """Whether it is not decided yet, and the buyer's bank has the amount."""
        return self.state is DisputeState.OPEN

    @property
    def lost(self) -> bool:
        """Whether the buyer keeps the amount."""
        return self.state is DisputeState.LOST

    @property
    def taken(self) -> bool:
        """Whether the buyer's bank has the amount."""
        return self.state in _TAKEN
