"""Refusing a refund that a buyer asked for."""

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.errors import RefundRequestOver
from koda.domain.model.identifiers import OrderId
from koda.domain.model.order_requests import closing
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.requested_refunds import RequestedRefund, RequestState
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.money.refunding import check_interest, refunded_by
from koda.ports.clock import Clock
from koda.ports.orders import Orders


@frozen(eq=False, repr=False)
class RefuseRefund:
    """Answers a buyer's request with no, and why; `RefundPurchase` is the other answer.

    Who may refund the line may refuse it. Its buyer cannot ask again; whoever may refund it still
    can.
    """

    orders: Orders
    authorize: Authorize
    audit: KeepAudit
    clock: Clock

    def offer(
        self, principal: Principal, order_id: OrderId, line: int
    ) -> tuple[Order, RequestedRefund]:
        """Return the request that waits for an answer, with its order.

        Raises:
            Forbidden, NotFound: as `refunded_by` says; or there is no such order.
            ConflictOfInterest: `principal` asks for it.
            RefundRequestOver: no request for the line is open.
        """
        order = self.orders.get(order_id)
        refunded_by(principal, order, line, self.authorize)
        check_interest(principal, order, order.buyer_id)
        request = order.open_request(line)
        if request is None:
            raise RefundRequestOver(order_id, line)
        return order, request

    def __call__(self, principal: Principal, order_id: OrderId, line: int, reason: str) -> Order:
        """Refuse what was asked for; return the order as it is then. The buyer reads `reason`.

        Raises:
            InvalidValue: the reason is too short or too long.
            StaleWrite: the order changed meanwhile.
            Unavailable: the store is down.
            Forbidden, NotFound, ConflictOfInterest, RefundRequestOver: as `offer` says.
        """
        order, request = self.offer(principal, order_id, line)
        now = self.clock()
        answer = RefundDecision(principal.user_id, reason.strip(), now)
        refused = closing(order, request, RequestState.REFUSED, now, answer)
        subject, detail = AuditSubject("order", order.id), AuditDetail("line", str(line))
        with self.audit(principal, AuditAction.REFUSE_REFUND, subject, reason, detail):
            return self.orders.save(*refused)
