"""Disputes: a buyer's bank questions a payment."""

from collections.abc import Iterable
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
    marketplace, and so did one that is `appealed`: the bank decided for the buyer, and the card
    network may decide anew. One `prevented` was settled before it began, as an inquiry is that was
    closed.
    """

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    APPEALED = "appealed"
    PREVENTED = "prevented"


_LOST = frozenset({DisputeState.LOST, DisputeState.APPEALED})
"""The states of a dispute that the bank decided for the buyer."""
_TAKEN = _LOST | {DisputeState.OPEN}
"""The states of a dispute in which the buyer's bank has the money."""
_BEFORE_DECISION = frozenset({DisputeState.INQUIRY, DisputeState.OPEN})
"""The states of a dispute or inquiry that the buyer's bank has not decided."""


@frozen
class Dispute:
    """A buyer's bank questions a charge, or a part of it.

    `reason` is the provider's word for why; `due_by` (UTC) is when evidence must be there, and
    `answered` says that some is, and that no more is waited for.
    """

    id: DisputeId = field(validator=identifier)
    amount: Money
    state: DisputeState
    reason: str = field(validator=identifier)
    due_by: datetime | None = field(default=None, validator=optional(utc))
    answered: bool = False

    @property
    def open(self) -> bool:
        """Whether it is not decided yet, and the buyer's bank has the amount."""
        return self.state is DisputeState.OPEN

    @property
    def lost(self) -> bool:
        """Whether the buyer keeps the amount, unless the card network decides anew."""
        return self.state in _LOST

    @property
    def undecided(self) -> bool:
        """Whether somebody may still decide it, be it a bank or the card network."""
        return self.takes_evidence or self.state is DisputeState.APPEALED

    @property
    def deadline(self) -> datetime | None:
        """By when (UTC) it must be answered; one that is decided has no such time."""
        return self.due_by if self.undecided else None

    @property
    def takes_evidence(self) -> bool:
        """Whether the buyer's bank takes evidence; that of an appeal is another matter."""
        return self.state in _BEFORE_DECISION

    @property
    def taken(self) -> bool:
        """Whether the buyer's bank has the amount."""
        return self.state in _TAKEN


@frozen
class DisputeStep:
    """That a dispute of `amount` was in `state`, as became known at `at` (UTC)."""

    dispute_id: DisputeId = field(validator=identifier)
    state: DisputeState
    amount: Money
    at: datetime = field(validator=utc)


def followed(
    steps: tuple[DisputeStep, ...], disputes: Iterable[Dispute], now: datetime
) -> tuple[DisputeStep, ...]:
    """The steps with one more of each dispute that is new, or in another state than it was."""
    last = {step.dispute_id: step.state for step in steps}
    new = (
        DisputeStep(dispute.id, dispute.state, dispute.amount, now)
        for dispute in disputes
        if last.get(dispute.id) is not dispute.state
    )
    return (*steps, *new)
