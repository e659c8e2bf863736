"""The steps of an order's history, and those that its record tells."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from koda.domain.model.books.entries import Entry
from koda.domain.model.disputes import DisputeState
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.payments import InboxEntry
from koda.domain.model.purchases import Purchase
from koda.domain.model.requested_refunds import RequestedRefund, RequestState


class StepKind(StrEnum):
    """What a step of an order's history is; the value is a stable code."""

    ORDERED = "order.made"
    PAID = "order.paid"
    PURCHASED = "purchase.recorded"
    DOWNLOADED = "link.granted"
    SETTLED = "order.settled"
    TOLD = "message.received"
    BOOKED = "entry.booked"
    REFUND_ASKED = "refund.asked"
    REFUND_WITHDRAWN = "refund.withdrawn"
    REFUND_GRANTED = "refund.granted"
    REFUND_REFUSED = "refund.refused"
    REQUEST_RETURNED = "refund.returned"
    REFUND_DECIDED = "refund.decided"
    REFUND_ASSIGNED = "refund.assigned"
    DISPUTED = "dispute.changed"
    EVIDENCE_SENT = "evidence.sent"
    WARNED = "fraud.warned"
    WRITTEN_OFF = "debt.written_off"


@frozen
class OrderStep:
    """Something that happened at `at` (UTC): to the whole order, or to what one line sold.

    A step of money has the `entry` that was booked, one of a message what the inbox has of it. What
    somebody did is told by who (`by`) and why (`reason`); `line` is the number of the order line,
    `reference` the provider's id, and `dispute` what state one came into.
    """

    at: datetime
    kind: StepKind
    purchase: Purchase | None = None
    grant: Grant | None = None
    entry: Entry | None = None
    message: InboxEntry | None = None
    line: int | None = None
    amount: Money | None = None
    by: UserId | None = None
    reason: str | None = None
    reference: str | None = None
    dispute: DisputeState | None = None


def known_steps(order: Order) -> Iterator[OrderStep]:
    """What the record of an order tells of requests, decisions, disputes and warnings."""
    yield from _requests(order)
    yield from _decisions(order)
    for step in order.dispute_steps:
        yield OrderStep(
            step.at,
            StepKind.DISPUTED,
            amount=step.amount,
            reference=step.dispute_id,
            dispute=step.state,
        )
    for warning in order.settlement.warnings:
        yield OrderStep(
            warning.warned_at, StepKind.WARNED, reason=warning.kind, reference=warning.id
        )


def _requests(order: Order) -> Iterator[OrderStep]:
    """What the buyer asked to be refunded, and how that ended."""
    for request in order.requested_refunds:
        yield OrderStep(
            request.asked_at,
            StepKind.REFUND_ASKED,
            line=request.line,
            by=order.buyer_id,
            reason=request.reason,
        )
        if request.closed_at is not None:
            yield OrderStep(
                request.closed_at,
                _CLOSED[request.state],
                line=request.line,
                by=_closed_by(order, request),
                reason=request.answer.reason if request.answer else None,
            )


def _closed_by(order: Order, request: RequestedRefund) -> UserId | None:
    if request.answer:
        return request.answer.by
    return order.buyer_id if request.state is RequestState.WITHDRAWN else None


_CLOSED: Mapping[RequestState, StepKind] = {
    RequestState.GRANTED: StepKind.REFUND_GRANTED,
    RequestState.REFUSED: StepKind.REFUND_REFUSED,
    RequestState.WITHDRAWN: StepKind.REFUND_WITHDRAWN,
    RequestState.RETURNED: StepKind.REQUEST_RETURNED,
}
"""How a request for a refund ended."""


def _decisions(order: Order) -> Iterator[OrderStep]:
    """The refunds that people decided on or assigned, and the debts that they gave up."""
    for refund in order.settlement.refunds:
        if refund.decision:
            yield OrderStep(
                refund.decision.at,
                StepKind.REFUND_ASSIGNED if refund.elsewhere else StepKind.REFUND_DECIDED,
                line=refund.line,
                amount=refund.amount,
                by=refund.decision.by,
                reason=refund.decision.reason,
                reference=refund.refund_id,
            )
    for made in order.settlement.written_off:
        yield OrderStep(
            made.decision.at,
            StepKind.WRITTEN_OFF,
            amount=made.amount,
            by=made.decision.by,
            reason=made.decision.reason,
        )
