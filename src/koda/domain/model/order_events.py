"""What is told of an order that is paid, and of its money ever after."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from koda.domain.model.events import (
    DisputeChanged,
    DomainEvent,
    LineRefunded,
    LinesPaidTwice,
    LinesUndeliverable,
    OrderPaid,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.identifiers import OrderId, PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.settlement_step import SettlementStep
from koda.domain.model.telling import Told, told

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


class _Lines(Told):
    order_id: OrderId
    buyer_id: UserId
    lines: tuple[int, ...]
    total: Money


class _Share(Told):
    order_id: OrderId
    seller_id: UserId
    lines: tuple[int, ...]
    net: Money


def paid_events(
    before: "Settlement", paid: _Order, payment_id: PaymentId, now: datetime
) -> tuple[DomainEvent, ...]:
    """What is new of a paid order since its settlement was `before`."""
    step = SettlementStep(before, paid.settlement)
    bought = _bought(step, paid, payment_id, now)
    shares = tuple(_shares_told(step, paid, now, len(bought)))
    refunds = tuple(_refunds_told(step, paid, now, len(bought) + len(shares)))
    disputes = _disputes_told(step, paid, now, len(bought) + len(shares) + len(refunds))
    return (*bought, *shares, *refunds, *disputes)


def refund_events(before: "Settlement", paid: _Order, now: datetime) -> tuple[DomainEvent, ...]:
    """The refunds of a paid order that arrived since its settlement was `before`."""
    return tuple(_refunds_told(SettlementStep(before, paid.settlement), paid, now, 0))


def _bought(
    step: SettlementStep, paid: _Order, payment_id: PaymentId, now: datetime
) -> tuple[DomainEvent, ...]:
    """What the buyer of an order got by a step, and what goes back."""
    bought: list[DomainEvent] = []
    if step.delivered:
        facts = _lines_told(paid, step.delivered, now, 0)
        bought.append(OrderPaid(payment_id=payment_id, **facts))
    if step.doubles:
        bought.append(LinesPaidTwice(**_lines_told(paid, step.doubles, now, len(bought))))
    if step.undeliverable:
        facts = _lines_told(paid, step.undeliverable, now, len(bought))
        bought.append(LinesUndeliverable(**facts))
    return tuple(bought)


def _lines_told(paid: _Order, lines: tuple[int, ...], now: datetime, number: int) -> _Lines:
    """What an event about some lines is told with."""
    return _Lines(
        order_id=paid.id,
        buyer_id=paid.buyer_id,
        lines=lines,
        total=paid.price_of(lines),
        **told("order", paid.id, paid.revision + 1, now, number),
    )


def _shares_told(
    step: SettlementStep, paid: _Order, now: datetime, first: int
) -> Iterator[ShareHeld | SharePaid]:
    """What became of each share in a step, numbered from `first`.

    Each share is a subject of its own, so that no seller waits for what others cannot be told.
    """
    for number, share in enumerate(step.paid, first):
        yield SharePaid(**_facts(paid, share, now, number))
    for number, held in enumerate(step.held, first + len(step.paid)):
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
    step: SettlementStep, paid: _Order, now: datetime, first: int
) -> Iterator[LineRefunded]:
    """The refunds that arrived in a step, numbered from `first`.

    Each is a subject of its own, as the shares are.
    """
    for number, refund in enumerate(step.refunded, first):
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
    step: SettlementStep, paid: _Order, now: datetime, first: int
) -> Iterator[DisputeChanged]:
    """The disputes that are new in a step, or changed, numbered from `first`."""
    for number, dispute in enumerate(step.disputes, first):
        yield DisputeChanged(
            order_id=paid.id,
            lines=step.before.delivered,
            dispute_id=dispute.id,
            amount=dispute.amount,
            state=dispute.state.value,
            due_by=dispute.deadline,
            **told("dispute", f"{paid.id}:{dispute.id}", paid.revision + 1, now, number),
        )
