"""Saying which lines a refund is for that somebody made at the payment provider."""

from collections.abc import Mapping

from attrs import evolve, frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import OrderId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.order_requests import granting
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.refund_matching import MatchedRefunds, match_refunds
from koda.domain.model.roles import Permission
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.refunding import check_interest
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments


@frozen
class RefundAssignment:
    """Of which lines a refund is: how much of each, by its number, and how that is known."""

    order_id: OrderId
    refund_id: RefundId
    amounts: Mapping[int, Money | str]
    reason: str


@frozen(eq=False, repr=False)
class AssignRefund:
    """Says for which lines of an order a refund is that nobody could match.

    Until then no money of the order moves. Afterwards it is as if Koda had made it: a line that it
    gives back whole gives no access any more, and sellers give their parts back. What the buyer
    asked for of these lines is granted, and they read the reason.
    """

    payments: Payments
    orders: Orders
    record: RecordPurchase
    authorize: Authorize
    audit: KeepAudit
    clock: Clock

    def offer(self, principal: Principal, order_id: OrderId, refund_id: RefundId) -> Order:
        """Return the order of a refund that is to be assigned, as far as is known here.

        Raises:
            Forbidden: `principal` may not refund any amount.
            ConflictOfInterest: `principal` bought it.
            NotFound: there is no such order, or no such refund to be assigned.
        """
        order = self._order(principal, order_id)
        if refund_id not in order.settlement.unmatched:
            raise NotFound("refund", refund_id)
        return order

    def amount(self, order: Order, refund_id: RefundId) -> Money | None:
        """How much a refund of an order gave back, as its payment tells; `None` if unknown there.

        Raises:
            Unavailable: the provider is down.
        """
        payment = self.payments.find(order.checkout.id) if order.checkout else None
        made = payment.refunds if payment else ()
        return next((refund.amount for refund in made if refund.id == refund_id), None)

    def __call__(self, principal: Principal, assignment: RefundAssignment) -> Order:
        """Assign the refund; return the order as it is then.

        Raises:
            Forbidden: `principal` may not refund any amount.
            ConflictOfInterest: `principal` bought it.
            NotFound: there is no such order, no such line of it, or no such refund to be assigned.
            InvalidValue: the amounts are not the refund's together, or more than a line has left.
            StaleWrite: the order changed meanwhile.
            Unavailable: the provider or the store is down; calling again goes on.
        """
        order = self._order(principal, assignment.order_id)
        if order.checkout is None:
            raise NotFound("refund", assignment.refund_id)
        payment = self.payments.find(order.checkout.id)
        matched = match_refunds(order, payment)
        if assignment.refund_id not in matched.unmatched:
            raise NotFound("refund", assignment.refund_id)
        made = next(refund for refund in payment.refunds if refund.id == assignment.refund_id)
        decision = RefundDecision(principal.user_id, assignment.reason.strip(), self.clock())
        assigned = _assigned(matched, made, assignment.amounts, decision)
        subject = AuditSubject("order", order.id)
        detail = AuditDetail("refund", assignment.refund_id)
        with self.audit(principal, AuditAction.ASSIGN_REFUND, subject, assignment.reason, detail):
            after = order.with_refunds(assigned.refunds, decision.at)
            self.orders.save(*granting(after, assignment.amounts, decision))
        return self.record(order.checkout.id).order

    def _order(self, principal: Principal, order_id: OrderId) -> Order:
        self.authorize(principal, Permission.REFUND_ANY_AMOUNT)
        order = self.orders.get(order_id)
        check_interest(principal, order, order.buyer_id)
        return order


def _assigned(
    matched: MatchedRefunds,
    made: ChargeRefund,
    amounts: Mapping[int, Money | str],
    decision: RefundDecision,
) -> MatchedRefunds:
    """The refunds of the order's lines with the parts of `made`."""
    currency = made.amount.currency
    wanted = {
        number: Money.parse(amount, currency, "amounts") if isinstance(amount, str) else amount
        for number, amount in amounts.items()
    }
    if Money.total(wanted.values(), currency) != made.amount:
        problem = sentence(
            "must be {amount} together, which the refund gave back", amount=made.amount
        )
        raise InvalidValue("amounts", problem)
    for number, amount in wanted.items():
        line = matched.order.line(number)
        matched = matched.with_room(line, amount)
        part = evolve(matched.next_elsewhere(line, amount), decision=decision)
        matched = matched.with_one(part.followed(made))
    return matched
