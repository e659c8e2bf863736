"""What became of the money of a paid order."""

from collections.abc import Iterable
from typing import TypeVar

from attrs import field, frozen

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import RefundId, TransferId, UserId
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier

_T = TypeVar("_T")


def _new(before: Iterable[_T], after: Iterable[_T]) -> tuple[_T, ...]:
    known = tuple(before)
    return tuple(thing for thing in after if thing not in known)


@frozen
class PaidShare:
    """What a seller got of an order: `net` for `lines` (their numbers).

    Without `transfer_id` the charge itself has paid it, or there was nothing to pay.
    """

    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money
    transfer_id: TransferId | None = None


@frozen
class HeldShare:
    """What a seller did not get of an order yet: `net` for `lines` (their numbers).

    `since` is the revision of the order with which it was first held at this `net`; `attempts`
    counts the refusals of the provider.
    """

    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money
    reason: HoldReason
    since: int
    attempts: int = 0


@frozen
class RefundDue:
    """A line that the buyer had already, and whose money has not all gone back yet.

    `attempts` counts the refusals of the provider.
    """

    line: int
    reason: HoldReason
    attempts: int = 0


@frozen
class Settlement:
    """What became of the money of a paid order, with order lines by their numbers.

    `delivered` are the lines that the buyer ever had by this order; `doubles` those that they had
    already: their money goes back, and `due` says of which it did not all do so. `unmatched` are
    refunds at the provider that belong to no line, of which a person must say what they are for.
    """

    delivered: tuple[int, ...] = ()
    doubles: tuple[int, ...] = ()
    paid: tuple[PaidShare, ...] = ()
    held: tuple[HeldShare, ...] = ()
    due: tuple[RefundDue, ...] = ()
    unmatched: tuple[RefundId, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.held or self.due or self.unmatched)

    def delivered_since(self, before: "Settlement") -> tuple[int, ...]:
        """The lines that were not delivered before."""
        return _new(before.delivered, self.delivered)

    def doubles_since(self, before: "Settlement") -> tuple[int, ...]:
        """The lines that were not known as paid twice before."""
        return _new(before.doubles, self.doubles)

    def paid_since(self, before: "Settlement") -> tuple[PaidShare, ...]:
        """The shares that were not paid before."""
        return _new(before.paid, self.paid)

    def held_since(self, before: "Settlement") -> tuple[HeldShare, ...]:
        """The shares that `before` did not hold, or for other lines or another reason."""
        known = {(share.seller_id, share.lines, share.reason) for share in before.held}
        return tuple(
            share
            for share in self.held
            if (share.seller_id, share.lines, share.reason) not in known
        )

    def held_for(self, seller_id: UserId) -> HeldShare | None:
        """What is held of a seller's, if anything."""
        return next((share for share in self.held if share.seller_id == seller_id), None)

    def due_for(self, line: int) -> RefundDue | None:
        """What has to go back for a line still, if anything."""
        return next((refund for refund in self.due if refund.line == line), None)


NOT_BEGUN = Settlement()
"""Of an order of which nothing was done."""
