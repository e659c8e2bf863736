"""Whether lines of an order may be refunded, and why not."""

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from koda.domain.model.disputes import Dispute
from koda.domain.model.errors import (
    Conflict,
    NothingToRefund,
    RefundDisputed,
    RefundUnassigned,
    WrongState,
)
from koda.domain.model.identifiers import CheckoutSessionId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.refund_matching import MatchedRefunds, match_refunds

if TYPE_CHECKING:
    from koda.domain.model.payments import Payment


@frozen
class Refundable:
    """What may be refunded of an order: as far as is known here, or as its payment tells it now."""

    matched: MatchedRefunds
    disputes: tuple[Dispute, ...]

    @classmethod
    def known(cls, order: Order) -> "Refundable":
        """What is known without asking the provider."""
        settlement = order.settlement
        kept = evolve(MatchedRefunds.kept(order), unmatched=settlement.unmatched)
        return cls(kept, settlement.disputes)

    @classmethod
    def told(cls, order: Order, payment: "Payment") -> "Refundable":
        """What the order's payment tells."""
        return cls(match_refunds(order, payment), payment.disputes)

    def check(self, line: OrderLine) -> Money:
        """Return how much of a line may be refunded.

        Raises:
            RefundUnassigned: a refund at the provider belongs to no line; assign it first.
            WrongState, RefundDisputed, NothingToRefund: as `left_of` says.
        """
        left = self.left_of(line)
        if self.matched.unmatched:
            raise RefundUnassigned(self.matched.order.id, self.matched.unmatched[0])
        return left

    def left_of(self, line: OrderLine) -> Money:
        """Return how much of a line its buyer may get back, once every refund is assigned.

        Raises:
            WrongState: the order is not paid.
            RefundDisputed: the buyer's bank has the money, or may take it.
            NothingToRefund: all of the line went back, or is going back.
        """
        order = self.matched.order
        paid_session(order)
        if any(dispute.taken for dispute in self.disputes):
            raise RefundDisputed(order.id)
        left = self.matched.left_of(line)
        if not left.minor:
            raise NothingToRefund(order.id, line.number)
        return left

    def obstacle(self, line: OrderLine) -> Conflict | None:
        """Return why a line may not be refunded, which `check` raises, or nothing if it may."""
        try:
            self.check(line)
        except Conflict as obstacle:
            return obstacle
        return None


def paid_session(order: Order) -> CheckoutSessionId:
    """Return in which checkout session an order was paid; raises `WrongState` if it is not."""
    if order.state is not OrderState.PAID or order.checkout is None:
        raise WrongState("order", order.id, order.state, "refund")
    return order.checkout.id
