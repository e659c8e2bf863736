"""What became of a charge after it was paid: refunds and disputes, as the provider has them."""

import re
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.identifiers import DisputeId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier, utc


def part_of(line: int) -> str:
    """The part of a charge that the line `line` of its order is."""
    return f"line-{line}"


class RefundState(StrEnum):
    """Where a refund stands; only one that `succeeded` has reached the buyer's bank."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


_UNDONE = frozenset({RefundState.FAILED, RefundState.CANCELLED})
"""The states of a refund whose money stayed with the marketplace, or came back to it."""


@frozen
class ChargeRefund:
    """A refund of a charge.

    `part` is what Koda made it for, such as `line-2`; `None` where somebody else made it.
    """

    id: RefundId = field(validator=identifier)
    amount: Money
    state: RefundState
    part: str | None = None

    @property
    def undone(self) -> bool:
        """Whether the buyer gets nothing by it: it failed or was cancelled."""
        return self.state in _UNDONE

    @property
    def line(self) -> int | None:
        """The number of the order line that it was made for, if Koda made it for one."""
        match = re.fullmatch(r"line-([0-9]{1,3})", self.part or "", re.ASCII)
        return int(match[1]) if match else None


class DisputeState(StrEnum):
    """Where a dispute stands.

    An `inquiry` moves no money yet; one that is `open` or `lost` took the amount from the
    marketplace; one `prevented` was settled before it began.
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
    reason: str
    due_by: datetime | None = field(default=None, validator=optional(utc))

    @property
    def taken(self) -> bool:
        """Whether the buyer's bank has the amount."""
        return self.state in _TAKEN
