"""What is new of an order's money since it was looked at last."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from koda.domain.model.disputes import Dispute
    from koda.domain.model.settlements import HeldShare, LineRefund, PaidShare, Settlement

_T = TypeVar("_T")


@frozen
class SettlementStep:
    """The step from one settlement of an order to the next; lines are told by their numbers."""

    before: "Settlement"
    after: "Settlement"

    @property
    def delivered(self) -> tuple[int, ...]:
        """The lines that were not delivered before."""
        return _new(self.before.delivered, self.after.delivered)

    @property
    def doubles(self) -> tuple[int, ...]:
        """The lines that were not known as paid twice before."""
        return _new(self.before.doubles, self.after.doubles)

    @property
    def undeliverable(self) -> tuple[int, ...]:
        """The lines that were not known before as what cannot be delivered."""
        return _new(self.before.undeliverable, self.after.undeliverable)

    @property
    def paid(self) -> "tuple[PaidShare, ...]":
        """The shares that were not paid before."""
        return _new(self.before.paid, self.after.paid)

    @property
    def held(self) -> "tuple[HeldShare, ...]":
        """The shares that were not held before, or for other lines or another reason."""
        known = {(share.seller_id, share.lines, share.reason) for share in self.before.held}
        return tuple(
            share
            for share in self.after.held
            if (share.seller_id, share.lines, share.reason) not in known
        )

    @property
    def refunded(self) -> "tuple[LineRefund, ...]":
        """The refunds that are with the buyer now, and were not before."""
        known = {refund.key for refund in self.before.refunds if refund.arrived}
        return tuple(
            refund for refund in self.after.refunds if refund.arrived and refund.key not in known
        )

    @property
    def disputes(self) -> "tuple[Dispute, ...]":
        """The disputes that were not known before, or in another state."""
        known = {(dispute.id, dispute.state) for dispute in self.before.disputes}
        return tuple(
            dispute for dispute in self.after.disputes if (dispute.id, dispute.state) not in known
        )


def _new(before: Iterable[_T], after: Iterable[_T]) -> tuple[_T, ...]:
    known = tuple(before)
    return tuple(thing for thing in after if thing not in known)
