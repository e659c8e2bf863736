"""Telling buyers and sellers what became of an order, and of a listing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Undeliverable
from koda.domain.model.event import DomainEventId, Event
from koda.domain.model.events import (
    DisputeChanged,
    DomainEvent,
    LineRefunded,
    LinesPaidTwice,
    LinesUndeliverable,
    ListingApproved,
    ListingReinstated,
    ListingRejected,
    ListingSuspended,
    OrderPaid,
    RefundRequestChanged,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DisputeNotice,
    DoublePaymentNotice,
    HeldSaleNotice,
    ListingNotice,
    Moderation,
    Notice,
    Receipt,
    RefundAnswerNotice,
    RefundedSaleNotice,
    RefundNotice,
    RefundRequestNotice,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.domain.model.orders import Order
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.requested_refunds import RequestState
from koda.ports.automations import Automations
from koda.ports.notices import Notices
from koda.ports.orders import Orders

_Bought = OrderPaid | LinesPaidTwice | SharePaid | ShareHeld
_Moderated = ListingSuspended | ListingReinstated | ListingApproved | ListingRejected

TOLD: tuple[type[Event], ...] = (
    OrderPaid,
    LinesPaidTwice,
    LinesUndeliverable,
    SharePaid,
    ShareHeld,
    LineRefunded,
    RefundRequestChanged,
    DisputeChanged,
    ListingSuspended,
    ListingReinstated,
    ListingApproved,
    ListingRejected,
)
"""The events that somebody is told of."""

_DONE: Mapping[type[_Moderated], Moderation] = {
    ListingSuspended: Moderation.SUSPENDED,
    ListingReinstated: Moderation.REINSTATED,
    ListingApproved: Moderation.APPROVED,
    ListingRejected: Moderation.REJECTED,
}


@frozen
class SendNotices:
    """Subscriber that sends the notices that follow from each event of `TOLD`."""

    orders: Orders
    automations: Automations
    notices: Notices

    def __call__(self, event: DomainEvent) -> None:
        """Send the notices that follow from `event`; of others nothing follows.

        One that can reach nobody does not keep the others from being sent.

        Raises:
            Undeliverable: one of them can reach nobody.
            Unavailable: they may be sent later.
        """
        # A share that is paid anew, since its refund failed, is no sale of any line.
        if isinstance(event, _Bought) and event.lines:
            self._send([_about_bought(event, self.orders.get(event.order_id))])
        if isinstance(event, LinesUndeliverable):
            self._send(_about_undeliverable(event, self.orders.get(event.order_id)))
        if isinstance(event, LineRefunded):
            self._send(_about_refund(event, self.orders.get(event.order_id)))
        if isinstance(event, RefundRequestChanged):
            self._send(_about_request(event, self.orders.get(event.order_id)))
        if isinstance(event, DisputeChanged):
            self._send(_about_dispute(event, self.orders.get(event.order_id)))
        if isinstance(event, _Moderated):
            self._send([_about_listing(event, self.automations.get(event.automation_id))])

    def _send(self, notices: Iterable[Notice]) -> None:
        problem: Undeliverable | None = None
        for notice in notices:
            try:
                self.notices.send(notice)
            except Undeliverable as error:
                problem = error
        if problem is not None:
            raise problem


def _about_bought(event: _Bought, order: Order) -> Notice:
    lines = tuple(line for line in order.lines if line.number in event.lines)
    about = event.id, event.occurred_at
    match event:
        case OrderPaid():
            return Receipt(*about, event.buyer_id, order.id, lines, event.total)
        case LinesPaidTwice():
            return DoublePaymentNotice(*about, event.buyer_id, order.id, lines, event.total)
        case SharePaid():
            return SaleNotice(*about, event.seller_id, order.id, lines, event.net)
        case ShareHeld():
            held = event.net, event.reason
            return HeldSaleNotice(*about, event.seller_id, order.id, lines, *held)
        case _:
            assert_never(event)


def _about_undeliverable(event: LinesUndeliverable, order: Order) -> Iterator[Notice]:
    """To the buyer, and to each seller about their own lines."""
    stopped = tuple(line for line in order.lines if line.number in event.lines)
    yield UndeliverableNotice(
        _id(event, event.buyer_id),
        event.occurred_at,
        event.buyer_id,
        order.id,
        stopped,
        event.total,
    )
    for seller_id in dict.fromkeys(line.seller_id for line in stopped):
        lines = tuple(line for line in stopped if line.seller_id == seller_id)
        total = Money.total((line.price for line in lines), order.currency)
        about = _id(event, seller_id), event.occurred_at, seller_id, order.id
        yield UndeliveredSaleNotice(*about, lines, total)


def _about_refund(event: LineRefunded, order: Order) -> Iterator[Notice]:
    """To the buyer and to the seller, unless neither was told that it was bought.

    Of what was not sold `LinesPaidTwice` or `LinesUndeliverable` told all.
    """
    if event.line not in order.settlement.delivered:
        return
    lines, amount = (order.line(event.line),), event.amount
    yield RefundNotice(
        _id(event, event.buyer_id), event.occurred_at, event.buyer_id, order.id, lines, amount
    )
    sale = event.occurred_at, event.seller_id, order.id, lines, amount
    share = order.settlement.owed_by(event.seller_id)
    owed = Money.zero(order.currency) if share is None else share.amount
    yield RefundedSaleNotice(_id(event, event.seller_id), *sale, amount - event.fee, owed)


def _about_request(event: RefundRequestChanged, order: Order) -> Iterator[Notice]:
    """To the seller while it waits for them, to the buyer once it was answered."""
    lines, at = (order.line(event.line),), event.occurred_at
    for request in order.requests_for(event.line):
        answer, same = request.answer, event.state == request.state.value
        if same and request.open and request.asked_at == at:
            about = event.id, at, event.seller_id, order.id, lines
            yield RefundRequestNotice(*about, request.reason, request.answer_by)
        if same and answer is not None and answer.at == at:
            granted = request.state is RequestState.GRANTED
            about = event.id, at, event.buyer_id, order.id, lines
            part = _part_of(order, event.line, answer) if granted else None
            yield RefundAnswerNotice(*about, granted, answer.reason, part)


def _part_of(order: Order, line: int, decision: RefundDecision) -> Money | None:
    """How much of a line a decision gave back, if something of the line is left."""
    if not order.left_of(line).minor:
        return None
    of_line = (refund for refund in order.settlement.refunds if refund.line == line)
    made = (refund.amount for refund in of_line if refund.decision == decision)
    return Money.total(made, order.currency)


def _about_dispute(event: DisputeChanged, order: Order) -> Iterator[Notice]:
    """To each seller of what the buyer had got and has not given back, about their own lines.

    Sellers of other lines are told what they need once those are sold, or their shares are held.
    """
    refunded = order.settlement.refunded
    sold = tuple(
        line
        for line in order.lines
        if line.number in event.lines and refunded(order.currency, line.number) < line.price
    )
    for seller_id in dict.fromkeys(line.seller_id for line in sold):
        lines = tuple(line for line in sold if line.seller_id == seller_id)
        net = Money.total((line.net for line in lines), order.currency)
        yield DisputeNotice(
            _id(event, seller_id),
            event.occurred_at,
            seller_id,
            order.id,
            lines,
            net,
            DisputeState(event.state),
            event.due_by,
            event.amount,
        )


def _about_listing(event: _Moderated, automation: Automation) -> ListingNotice:
    """To its seller."""
    title = automation.listing.title
    about = event.id, event.occurred_at, event.seller_id, automation.id, title
    return ListingNotice(*about, _DONE[type(event)], event.why)


def _id(event: Event, user_id: UserId) -> DomainEventId:
    """Of a notice about an event that tells several people."""
    return DomainEventId(f"{event.id}/{user_id}")
