"""Giving up what a seller owes."""

from attrs import evolve, frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.errors import NothingOwed, Unavailable
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.roles import Permission
from koda.domain.model.settlements import OwedShare
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.refunding import check_interest
from koda.ports.clock import Clock
from koda.ports.orders import Orders


@frozen(eq=False, repr=False)
class WriteOffDebt:
    """Gives up what a seller owes of an order, at the marketplace's loss: nobody asks for it again.

    If the seller turns out to be due it again, as when the refund failed, the write-off is undone
    and they keep the money for that.
    """

    orders: Orders
    record: RecordPurchase
    authorize: Authorize
    audit: KeepAudit
    clock: Clock

    def offer(
        self, principal: Principal, order_id: OrderId, seller_id: UserId
    ) -> tuple[Order, OwedShare]:
        """Return what the seller owes of the order, as far as is known here.

        Raises:
            Forbidden: `principal` may not write off debts.
            ConflictOfInterest: `principal` owes it.
            NotFound: there is no such order.
            NothingOwed: the seller owes nothing of it.
        """
        self.authorize(principal, Permission.WRITE_OFF_DEBTS)
        order = self.orders.get(order_id)
        check_interest(principal, order, seller_id)
        owed = order.settlement.owed_by(seller_id)
        if owed is None:
            raise NothingOwed(order_id, seller_id)
        return order, owed

    def __call__(
        self, principal: Principal, order_id: OrderId, seller_id: UserId, reason: str
    ) -> Order:
        """Write it off, all of it; return the order as it is then.

        Raises:
            InvalidValue: the reason is too short or too long.
            StaleWrite: the order changed meanwhile.
            Unavailable: the store is down.
            Forbidden, NotFound, ConflictOfInterest, NothingOwed: as `offer` says.
        """
        order, owed = self.offer(principal, order_id, seller_id)
        decision = RefundDecision(principal.user_id, reason.strip(), self.clock())
        settlement = order.settlement.writing_off(owed, decision)
        subject = AuditSubject("order", order.id)
        details = AuditDetail("seller", seller_id), AuditDetail("amount", str(owed.amount))
        with self.audit(principal, AuditAction.WRITE_OFF, subject, reason, *details):
            written_off = self.orders.save(evolve(order, settlement=settlement))
        return self._book(written_off)

    def _book(self, order: Order) -> Order:
        if order.checkout is None:
            return order
        try:
            return self.record(order.checkout.id).order
        except Unavailable:
            # It is decided: whoever looks next books it.
            return order
