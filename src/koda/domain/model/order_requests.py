"""What the buyer of an order asks to be refunded: asking, answering, and how else it ends."""

from collections.abc import Collection
from datetime import datetime

from attrs import evolve

from koda.domain.model.changes import Change
from koda.domain.model.events import DomainEvent, RefundRequestChanged
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.requested_refunds import RequestedRefund, RequestState
from koda.domain.model.telling import told


def asking(order: Order, request: RequestedRefund) -> Change[Order]:
    """The paid order whose buyer has just asked for a refund of a line.

    Raises:
        WrongState: the order is not paid.
    """
    order.require("refund", OrderState.PAID)
    asked = evolve(order, requested_refunds=(*order.requested_refunds, request))
    return Change(asked, (_told_of(order, request.line, request.state, request.asked_at),))


def closing(
    order: Order,
    request: RequestedRefund,
    state: RequestState,
    now: datetime,
    answer: RefundDecision | None = None,
) -> Change[Order]:
    """The order whose open `request` is answered or withdrawn, or has ended by itself."""
    requests = tuple(
        asked.closed(state, now, answer) if asked == request else asked
        for asked in order.requested_refunds
    )
    closed = evolve(order, requested_refunds=requests)
    return Change(closed, (_told_of(order, request.line, state, now),))


def granting(
    refunded: Change[Order], lines: Collection[int], decision: RefundDecision
) -> Change[Order]:
    """The order of whose `lines` something was refunded, with what its buyer asked for granted.

    A part of a line grants the request for it, too: whoever refunds says how much is right.
    """
    order, events = refunded.state, refunded.events
    granted: tuple[DomainEvent, ...] = ()
    for request in order.requested_refunds:
        if request.open and request.line in lines:
            change = closing(order, request, RequestState.GRANTED, decision.at, decision)
            order, granted = change.state, (*granted, *change.events)
    return Change(order, (*events, *granted))


def closing_returned(paid: Change[Order], now: datetime) -> Change[Order]:
    """The order whose buyer has some money again, with what they asked for of it at an end.

    Only what they have all of again: nothing of it is left to answer.
    """
    order, events = paid.state, paid.events
    for request in order.requested_refunds:
        if request.open and _has_again(order, request.line):
            change = closing(order, request, RequestState.RETURNED, now)
            order, events = change.state, (*events, *change.events)
    return Change(order, events)


def _has_again(order: Order, number: int) -> bool:
    returned = order.settlement.returned(number, order.currency)
    return returned.amount == order.line(number).price


def _told_of(order: Order, number: int, state: RequestState, now: datetime) -> RefundRequestChanged:
    """What is told of a request for a line that came into a state."""
    return RefundRequestChanged(
        order_id=order.id,
        line=number,
        buyer_id=order.buyer_id,
        seller_id=order.line(number).seller_id,
        state=state.value,
        **told("request", f"{order.id}:{number}", order.revision + 1, now),
    )
