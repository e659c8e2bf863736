"""Refunding what was sold, by line."""

from attrs import evolve, frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.errors import (
    Conflict,
    ConflictOfInterest,
    RefundedMeanwhile,
    RefundTooLarge,
    RequestKeyReused,
    Unavailable,
)
from koda.domain.model.identifiers import CheckoutSessionId, OrderId
from koda.domain.model.money import Money, step_of
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.order_requests import granting
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.refund_matching import MatchedRefunds
from koda.domain.model.refundable import Refundable, paid_session
from koda.domain.model.requested_refunds import RequestedRefund
from koda.domain.model.roles import Permission
from koda.domain.model.settlements import LineRefund
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.refunding import check_interest, refunded_by
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments


@frozen
class RefundRequest:
    """What is to go back: `amount` of a line, or all that is left of it, and why.

    `amount` may be text, such as `12.50`, in the order's currency. `left`, text or not as well, is
    what was left of the line when this was decided; without it, that is not compared. Under the
    `key`, an idempotency key of the client's own, it is refunded once, however often it is sent.
    """

    order_id: OrderId
    line: int
    reason: str
    amount: Money | str | None = None
    left: Money | str | None = None
    key: str | None = None


@frozen
class RefundOffer:
    """A line of an order, and how much of its price can go back still.

    `requested` is what its buyer asks for and nobody answered, if so. `most` is how much may go
    back by whoever looks, if that is less than what is left, and `obstacle` why nothing may, if so.
    """

    order: Order
    line: OrderLine
    left: Money
    requested: RequestedRefund | None
    most: Money | None
    obstacle: Conflict | None


@frozen(eq=False, repr=False)
class RefundPurchase:
    """Refunds a line of an order, whole or in part.

    The decision is kept first. The money then moves at once, or, where the provider cannot do it
    now, by a later comparison: the order tells how far it came. A line that is refunded whole
    gives no access any more, and may be bought again. Its seller bears the net, the marketplace its
    fee. If its buyer asked for it, that is granted, and the buyer reads the reason.
    """

    payments: Payments
    orders: Orders
    record: RecordPurchase
    authorize: Authorize
    audit: KeepAudit
    policy: Policy
    clock: Clock

    def __call__(self, principal: Principal, request: RefundRequest) -> Order:
        """Refund what is asked for, unless it was under its key; return the order as it is then.

        Raises:
            Forbidden, NotFound: as `refunded_by` says; or there is no such order.
            ConflictOfInterest: `principal` bought it.
            RefundTooLarge: more than the support may refund of an order in all.
            WrongState: the order is not paid.
            NothingToRefund: all of the line went back, or is going back.
            RefundDisputed: the buyer's bank disputes the payment.
            RefundUnassigned: a refund at the provider belongs to no line; assign it first.
            RefundedMeanwhile: other than `left` is left of the line.
            RequestKeyReused: something else was refunded under the key.
            InvalidValue: no such amount, more than is left of the line, or no reason.
            StaleWrite: the order changed meanwhile.
            Unavailable: the provider or the store is down; nothing was decided.
        """
        order = self.orders.get(request.order_id)
        line = refunded_by(principal, order, request.line, self.authorize)
        check_interest(principal, order, order.buyer_id)
        if _made_before(order, principal, request):
            return order
        session_id = paid_session(order)
        refundable = Refundable.told(order, self.payments.find(session_id))
        amount, matched = _amount(request, refundable.check(line)), refundable.matched
        _check_left(order, request)
        refund = matched.next_of(line, amount)
        most = self._most(principal, order, line, amount)
        if most is not None:
            raise RefundTooLarge(str(most))
        decided = self._decide(principal, request, matched, refund)
        return self._move(decided, session_id)

    def offer(self, principal: Principal, order_id: OrderId, line: int) -> RefundOffer:
        """Return what of a line could be refunded, or why nothing, as far as is known here.

        Raises:
            Forbidden, NotFound: as `refunded_by` says; or there is no such order.
        """
        order = self.orders.get(order_id)
        sold = refunded_by(principal, order, line, self.authorize)
        left = order.left_of(line)
        most = self._most(principal, order, sold, left)
        obstacle = self._obstacle(principal, order, sold)
        if most is not None and not _within(step_of(order.currency), most):
            obstacle = obstacle or RefundTooLarge(str(most))
        return RefundOffer(order, sold, left, order.open_request(line), most, obstacle)

    def _obstacle(self, principal: Principal, order: Order, line: OrderLine) -> Conflict | None:
        try:
            check_interest(principal, order, order.buyer_id)
        except ConflictOfInterest as interest:
            return interest
        return Refundable.known(order).obstacle(line)

    def _decide(
        self,
        principal: Principal,
        request: RefundRequest,
        matched: MatchedRefunds,
        refund: LineRefund,
    ) -> Order:
        reason, now = request.reason.strip(), self.clock()
        decision = RefundDecision(principal.user_id, reason, now, request.key)
        details = (
            AuditDetail("line", str(refund.line)),
            AuditDetail("amount", str(refund.amount)),
        )
        subject = AuditSubject("order", matched.order.id)
        with self.audit(principal, AuditAction.REFUND, subject, request.reason, *details):
            refunds = *matched.refunds, evolve(refund, decision=decision)
            refunded = matched.order.with_refunds(refunds, now)
            return self.orders.save(*granting(refunded, {refund.line}, decision))

    def _move(self, order: Order, session_id: CheckoutSessionId) -> Order:
        try:
            return self.record(session_id).order
        except Unavailable:
            # It is decided: whoever looks next goes on.
            return order

    def _most(
        self, principal: Principal, order: Order, line: OrderLine, wanted: Money
    ) -> Money | None:
        """How much of an order `principal` may refund still, if that is less than `wanted`."""
        most = self.policy.money(max(self.policy.support_refund - _helped(order), 0))
        if principal.acts_as(line.seller_id) or _within(wanted, most):
            return None
        any_amount = self.authorize.allows(principal, Permission.REFUND_ANY_AMOUNT)
        return None if any_amount else most


def _helped(order: Order) -> int:
    """What others than the sellers refunded of an order, in minor units."""
    return sum(
        refund.amount.minor
        for refund in order.settlement.refunds
        if refund.promised
        and refund.decision
        and refund.decision.by != order.line(refund.line).seller_id
    )


def _within(amount: Money, most: Money) -> bool:
    return amount.currency == most.currency and amount <= most


def _amount(request: RefundRequest, left: Money) -> Money:
    return left if request.amount is None else _read(request.amount, left.currency, "amount")


def _read(amount: Money | str, currency: str, name: str) -> Money:
    return Money.parse(amount, currency, name) if isinstance(amount, str) else amount


def _check_left(order: Order, request: RefundRequest) -> None:
    left = order.left_of(request.line)
    seen = left if request.left is None else _read(request.left, left.currency, "left")
    if left.minor_of(seen) != left.minor:
        raise RefundedMeanwhile(order.id, request.line, str(left))


def _made_before(order: Order, principal: Principal, request: RefundRequest) -> bool:
    """Whether `request` was decided before under its idempotency key, by the same person."""
    if request.key is None:
        return False
    for refund in order.settlement.refunds:
        decision = refund.decision
        if decision and (decision.by, decision.key) == (principal.user_id, request.key):
            asked = request.line, _amount(request, refund.amount), request.reason.strip()
            all_of_it = not order.left_of(refund.line).minor
            if asked != (refund.line, refund.amount, decision.reason) or not (
                request.amount or all_of_it
            ):
                raise RequestKeyReused(request.key)
            return True
    return False
