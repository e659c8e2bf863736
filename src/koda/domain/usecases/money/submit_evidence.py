"""Answering a dispute with evidence."""

from contextlib import suppress

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.disputes import Dispute
from koda.domain.model.errors import EvidenceSent, NotFound, Unavailable
from koda.domain.model.evidence import Evidence, evidence_of
from koda.domain.model.identifiers import DisputeId, OrderId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.refunding import check_interest
from koda.ports.automations import Automations
from koda.ports.grants import Grants
from koda.ports.orders import Orders
from koda.ports.payments import Payments


@frozen
class EvidenceOffer:
    """A dispute of an order that is not decided, and what its bank would be told."""

    order: Order
    dispute: Dispute
    evidence: Evidence


@frozen(eq=False, repr=False)
class SubmitEvidence:
    """Sends the bank of a buyer who disputes a payment what is known of the order."""

    payments: Payments
    orders: Orders
    automations: Automations
    grants: Grants
    record: RecordPurchase
    authorize: Authorize
    audit: KeepAudit

    def offer(
        self, principal: Principal, order_id: OrderId, dispute_id: DisputeId
    ) -> EvidenceOffer:
        """Return what would be sent; one read of the grants a line, and two more.

        Raises:
            Forbidden: `principal` may not answer disputes.
            ConflictOfInterest: `principal` bought it.
            NotFound: there is no such order, or no such dispute of it that is not decided.
        """
        self.authorize(principal, Permission.ANSWER_DISPUTES)
        order = self.orders.get(order_id)
        check_interest(principal, order, order.buyer_id)
        for dispute in order.settlement.disputes:
            if dispute.id == dispute_id and dispute.takes_evidence:
                return EvidenceOffer(order, dispute, self._evidence(order))
        raise NotFound("dispute", dispute_id)

    def __call__(
        self, principal: Principal, order_id: OrderId, dispute_id: DisputeId, reason: str
    ) -> None:
        """Send it, as it is now, and keep that it was sent.

        Raises:
            Forbidden: `principal` may not answer disputes.
            ConflictOfInterest: `principal` bought it.
            NotFound: there is no such order, or no such dispute of it that is not decided.
            EvidenceSent: it was sent before.
            InvalidValue: the reason is too short or too long.
            PaymentRefused: the provider takes no evidence for it any more.
            Unavailable: the provider or the store is down; it may have been sent all the same.
        """
        offer = self.offer(principal, order_id, dispute_id)
        if offer.dispute.answered:
            raise EvidenceSent(dispute_id)
        subject = AuditSubject("order", order_id)
        detail = AuditDetail("dispute", dispute_id)
        with self.audit(principal, AuditAction.SUBMIT_EVIDENCE, subject, reason, detail):
            self.payments.submit_evidence(dispute_id, offer.evidence)
        self._look_again(offer.order)

    def _look_again(self, order: Order) -> None:
        """Keep that it was sent, as the provider tells; its message tells, too."""
        if order.checkout is not None:
            with suppress(Unavailable):
                self.record(order.checkout.id)

    def _evidence(self, order: Order) -> Evidence:
        listings = self.automations.some({line.automation_id for line in order.sold})
        grants = {
            line.number: self.grants.of_purchase(Purchase.of(order, line, order.created_at).id)
            for line in order.sold
        }
        return evidence_of(order, listings, grants)
