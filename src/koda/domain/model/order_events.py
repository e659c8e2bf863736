"""What is told of an order that is paid, and of its money ever after."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from koda.domain.model.events import (
    DisputeChanged,
    DomainEvent,
    LineRefunded,
    LinesPaidTwice,
    OrderPaid,
    ShareHeld,
    SharePaid,
    Told,
    told,
)
from koda.domain.model.identifiers import OrderId, PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine

if TYPE_CHECKING:
    from koda.domain.model.settlements import HeldShare, PaidShare, Settlement


class _Order(Protocol):
    """What is told of an order."""

    @property
    def id(self) -> OrderId:
        """Its id."""

    @property
    def buyer_id(self) -> UserId:
        """Who ordered it."""

    @property
    def revision(self) -> int:
        """How often it was saved."""

    @property
    def settlement(self) -> "Settlement":
        """What became of its money."""

    def price_of(self, numbers: Collection[int]) -> Money:
        """What some lines cost together."""

    def line(self, number: int) -> OrderLine:
        """One of its lines."""


class _Share(Told):
    order_id: OrderId
    seller_id: UserId
    lines: tuple[int, ...]
    net: Money


def paid_events(
    before: "Settlement", paid: _Order, payment_id: PaymentId, now: datetime
) -> tuple[DomainEvent, ...]:
    """What is new of a paid order since its settlement was `before`."""
    bought = _bought(before, paid, payment_id, now)
    shares = tuple(_shares_told(before, paid, now, len(bought)))
    refunds = tuple(_refunds_told(before, paid, now, len(bought) + len(shares)))
    disputes = _disputes_told(before, paid, now, len(bought) + len(shares) + len(refunds))
    return (*bought, *shares, *refunds, *disputes)


def _bought(
    before: "Settlement", paid: _Order, payment_id: PaymentId, now: datetime
) -> tuple[DomainEvent, ...]:
    """What the buyer of an order got by the step from `before`, and what goes back."""
    bought: list[DomainEvent] = []
    delivered = paid.settlement.delivered_since(before)
    if delivered:
        sale = OrderPaid(
            order_id=paid.id,
            buyer_id=paid.buyer_id,
            payment_id=payment_id,
            lines=delivered,
            total=paid.price_of(delivered),
            **told("order", paid.id, paid.revision + 1, now),
        )
        bought.append(sale)
    doubles = paid.settlement.doubles_since(before)
    if doubles:
        twice = LinesPaidTwice(
            order_id=paid.id,
            buyer_id=paid.buyer_id,
            lines=doubles,
            total=paid.price_of(doubles),
            **told("order", paid.id, paid.revision + 1, now, len(bought)),
        )
        bought.append(twice)
    return tuple(bought)


def _shares_told(
    before: "Settlement", paid: _Order, now: datetime, first: int
) -> Iterator[ShareHeld | SharePaid]:
    """What became of each share in the step from `before`, numbered from `first`.

    Each share is a subject of its own, so that no seller waits for what others cannot be told.
    """
    paid_now = paid.settlement.paid_since(before)
    for number, share in enumerate(paid_now, first):
        yield SharePaid(**_facts(paid, share, now, number))
    for number, held in enumerate(paid.settlement.held_since(before), first + len(paid_now)):
        yield ShareHeld(reason=held.reason, **_facts(paid, held, now, number))


def _facts(paid: _Order, share: "PaidShare | HeldShare", now: datetime, number: int) -> _Share:
    """What both events about a share are told with."""
    subject = f"{paid.id}:{share.seller_id}"
    return _Share(
        order_id=paid.id,
        seller_id=share.seller_id,
        lines=share.lines,
        net=share.net,
        **told("share", subject, paid.revision + 1, now, number),
    )


def _refunds_told(
    before: "Settlement", paid: _Order, now: datetime, first: int
) -> Iterator[LineRefunded]:
    """The refunds that arrived in the step from `before`, numbered from `first`.

    Each is a subject of its own, as the shares are.
    """
    arrived = paid.settlement.refunded_since(before)
    for number, refund in enumerate(arrived, first):
        if refund.refund_id is not None:
            subject = f"{paid.id}:{refund.line}:{refund.number}"
            yield LineRefunded(
                order_id=paid.id,
                line=refund.line,
                buyer_id=paid.buyer_id,
                seller_id=paid.line(refund.line).seller_id,
                refund_id=refund.refund_id,
                amount=refund.amount,
                fee=refund.fee,
                **told("refund", subject, paid.revision + 1, now, number),
            )


def _disputes_told(
    before: "Settlement", paid: _Order, now: datetime, first: int
) -> Iterator[DisputeChanged]:
    """The disputes that are new in the step from `before`, or changed, numbered from `first`."""
    for number, dispute in enumerate(paid.settlement.disputes_since(before), first):
        yield DisputeChanged(
            order_id=paid.id,
            lines=before.delivered,
            dispute_id=dispute.id,
            amount=dispute.amount,
            state=dispute.state.value,
            due_by=dispute.due_by,
            **told("dispute", f"{paid.id}:{dispute.id}", paid.revision + 1, now, number),
        )
