"""Asking for a refund of what one bought."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.errors import (
    Conflict,
    NotFound,
    NothingToRefund,
    RefundRequestedBefore,
    RefundWindowOver,
)
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.order_requests import asking
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.refundable import Refundable
from koda.domain.model.requested_refunds import RequestedRefund, may_ask
from koda.ports.clock import Clock
from koda.ports.orders import Orders


@frozen
class RefundTerms:
    """A line of an order that its buyer may ask to be refunded: how much of it, until when (UTC).

    Whoever asks now is answered by `answer_by`.
    """

    order: Order
    line: OrderLine
    left: Money
    until: datetime
    answer_by: datetime


@frozen(eq=False, repr=False)
class AskForRefund:
    """Lets a buyer ask for a refund of a line, which its seller or the marketplace answers.

    No money moves by it, whoever fails to answer. The provider is not asked.
    """

    orders: Orders
    policy: Policy
    clock: Clock

    def __call__(self, principal: Principal, order_id: OrderId, line: int, reason: str) -> Order:
        """Ask for it; return the order with the request.

        Raises:
            NotFound: not an order of `principal`'s, or no such line of it.
            WrongState: the order is not paid.
            RefundWindowOver: the order was paid too long ago.
            RefundDisputed: the buyer's bank disputes the payment.
            NothingToRefund: all of the line went back, or is going back.
            RefundRequestedBefore: a request is open, was refused, or there were too many.
            InvalidValue: the reason is too short or too long.
            StaleWrite: the order changed meanwhile.
        """
        terms, now = self.terms(*self.line(principal, order_id, line)), self.clock()
        request = RequestedRefund(line, reason.strip(), now, now + self.policy.refund_answer)
        return self.orders.save(*asking(terms.order, request))

    def line(self, principal: Principal, order_id: OrderId, line: int) -> tuple[Order, OrderLine]:
        """Return an order of `principal`'s, and a line of it, whether they may ask or not.

        Raises:
            NotFound: not an order of `principal`'s, or no such line of it.
        """
        order = self.orders.get(order_id)
        if order.buyer_id != principal.user_id:
            raise NotFound("order", order_id)
        return order, order.line(line)

    def lines(self, order: Order) -> tuple[int, ...]:
        """The numbers of those lines of an order whose refund its buyer may ask for now."""
        return tuple(line.number for line in order.lines if self._may_ask(order, line))

    def _may_ask(self, order: Order, line: OrderLine) -> bool:
        try:
            self.terms(order, line)
        except Conflict:
            return False
        return True

    def terms(self, order: Order, line: OrderLine) -> RefundTerms:
        """Return what the buyer of `order` may ask for now; raises as the call does."""
        left = Refundable.known(order).left_of(line)
        now, until = self.clock(), (order.paid_at or order.created_at) + self.policy.refund_window
        if line.number in order.settlement.unsold:
            raise NothingToRefund(order.id, line.number)
        if not may_ask(order.requests_for(line.number)):
            raise RefundRequestedBefore(order.id, line.number)
        if now >= until:
            raise RefundWindowOver(until)
        return RefundTerms(order, line, left, until, now + self.policy.refund_answer)
