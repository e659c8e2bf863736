"""What became of a charge after it was paid: refunds and disputes, as the provider has them."""

import re

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.identifiers import RefundId, ReversalId
from koda.domain.model.money import Money
from koda.domain.model.refund_states import UNDONE, RefundState
from koda.domain.model.validation import identifier

_PART = re.compile(r"line-([0-9]{1,3})(?:-([0-9]{1,4}))?", re.ASCII)


def part_of(line: int, number: int = 1) -> str:
    """The part of a charge that a refund of a line is of; `number` counts those of the line."""
    return f"line-{line}" if number == 1 else f"line-{line}-{number}"


@frozen
class ChargeRefund:
    """A refund of a charge.

    `part` is what Koda made it for, such as `line-2`; `None` where somebody else made it.
    `reversal_id` is how the amount came back from the seller whom the charge had paid itself;
    `None` where it did not. `lacks_funds` says that it waits until the marketplace's balance holds
    the amount.
    """

    id: RefundId = field(validator=identifier)
    amount: Money
    state: RefundState
    part: str | None = None
    reversal_id: ReversalId | None = field(default=None, validator=optional(identifier))
    lacks_funds: bool = False

    @property
    def undone(self) -> bool:
        """Whether the buyer gets nothing by it: it failed or was cancelled."""
        return self.state in UNDONE

    @property
    def over(self) -> bool:
        """Whether it goes no further: the buyer has the money, or gets nothing by it."""
        return self.undone or self.state is RefundState.SUCCEEDED

    @property
    def line(self) -> int | None:
        """The number of the order line that it was made for, if Koda made it for one."""
        match = _PART.fullmatch(self.part or "")
        return int(match[1]) if match else None

    @property
    def number(self) -> int:
        """Which refund of its line it is, counted from 1."""
        match = _PART.fullmatch(self.part or "")
        return int(match[2] or 1) if match else 1
