"""Looking at all that happened to an order."""

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditOutcome, AuditSubject
from koda.domain.model.books.entries import Cause
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import (
    CheckoutSessionId,
    OrderId,
    PaymentId,
    RefundId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import every
from koda.domain.model.people import Person, Principal
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.order_steps import OrderStep, StepKind, known_steps
from koda.ports.audit_log import AuditLog
from koda.ports.grants import Grants
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.people import People
from koda.ports.purchases import Purchases

_AT_ONCE = 100


@frozen
class OrderHistory:
    """An order, what it became, and what is known of its people, by id.

    `purchases` are by the number of the order line; a line of which none is recorded has none.
    """

    order: Order
    purchases: Mapping[int, Purchase]
    steps: tuple[OrderStep, ...]
    people: Mapping[UserId, Person]

    @property
    def unassigned(self) -> Mapping[RefundId, Money | None]:
        """The refunds that belong to no line, and how much each gave back once that is booked."""
        booked = {
            step.entry.reference: step.entry.amount
            for step in self.steps
            if step.entry and step.entry.cause is Cause.REFUND_UNMATCHED
        }
        return {refund_id: booked.get(refund_id) for refund_id in self.order.settlement.unmatched}


@frozen(eq=False, repr=False)
class ViewOrderHistory:
    """Shows an order's whole history to those who may read other people's payments."""

    orders: Orders
    purchases: Purchases
    grants: Grants
    journal: Journal
    payment_inbox: PaymentInbox
    audit_log: AuditLog
    people: People
    authorize: Authorize

    def __call__(self, principal: Principal, order_id: OrderId) -> OrderHistory:
        """Return the history, oldest step first.

        Of the messages about its checkout session and its payment the latest hundred each are told.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            NotFound: there is no such order.
        """
        self.authorize(principal, Permission.READ_MONEY)
        order = self.orders.get(order_id)
        purchases = dict(self._purchases(order))
        steps = sorted(self._steps(order, purchases), key=lambda step: step.at)
        sellers = {line.seller_id for line in order.lines}
        people = {order.buyer_id, *sellers, *(step.by for step in steps if step.by)}
        return OrderHistory(order, purchases, tuple(steps), self.people.some(people))

    def find(self, principal: Principal, reference: str) -> OrderId:
        """Return the order of that id, or with the checkout session or payment of that id.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            NotFound: there is no such order.
        """
        self.authorize(principal, Permission.READ_MONEY)
        order = self.orders.find_by_checkout(CheckoutSessionId(reference))
        if order is None:
            paid = self.orders.listed(OrderQuery.paid_by(PaymentId(reference)), 1).items
            order = paid[0] if paid else self.orders.get(OrderId(reference))
        return order.id

    def _purchases(self, order: Order) -> Iterator[tuple[int, Purchase]]:
        """By line; asked for of an order that is not paid, too: purchases are recorded first."""
        for line in order.lines:
            purchase = self._purchase(order, line)
            if purchase is not None:
                yield line.number, purchase

    def _purchase(self, order: Order, line: OrderLine) -> Purchase | None:
        """The purchase of a line, whose id follows from it, if it is recorded."""
        try:
            return self.purchases.get(Purchase.of(order, line, order.created_at).id)
        except NotFound:
            return None

    def _steps(self, order: Order, purchases: Mapping[int, Purchase]) -> Iterator[OrderStep]:
        """Every step; what happened at the same moment is in the order in which it must have."""
        yield OrderStep(order.created_at, StepKind.ORDERED)
        yield from self._told(order)
        for purchase in purchases.values():
            yield OrderStep(purchase.bought_at, StepKind.PURCHASED, purchase)
        if order.paid_at is not None:
            yield OrderStep(order.paid_at, StepKind.PAID)
        yield from known_steps(order)
        yield from self._evidence(order)
        query = EntryQuery.of_order(order.id)
        for entry in every(partial(self.journal.entries, query, _AT_ONCE)):
            yield OrderStep(entry.occurred_at, StepKind.BOOKED, entry=entry)
        if order.settled_at is not None:
            yield OrderStep(order.settled_at, StepKind.SETTLED)
        for purchase in purchases.values():
            for grant in self.grants.of_purchase(purchase.id):
                yield OrderStep(grant.granted_at, StepKind.DOWNLOADED, purchase, grant)

    def _told(self, order: Order) -> Iterator[OrderStep]:
        """The messages about it."""
        session_id = order.checkout.id if order.checkout else None
        for subject in filter(None, (session_id, order.payment_id)):
            for message in self.payment_inbox.entries(_AT_ONCE, subject=subject).items:
                yield OrderStep(message.received_at, StepKind.TOLD, message=message)

    def _evidence(self, order: Order) -> Iterator[OrderStep]:
        """The evidence that was sent for its disputes, as the audit log has it."""
        if not order.settlement.disputes:
            return
        subject = AuditSubject("order", order.id)
        for entry in every(partial(self.audit_log.entries, _AT_ONCE, subject=subject)):
            sent = entry.action is AuditAction.SUBMIT_EVIDENCE
            if sent and entry.outcome is not AuditOutcome.REFUSED:
                dispute = next((detail.value for detail in entry.details), None)
                yield OrderStep(
                    entry.at,
                    StepKind.EVIDENCE_SENT,
                    by=entry.actor,
                    reason=entry.reason,
                    reference=dispute,
                )
