"""The entries of what a charge gave back: its refunds and disputes, as the provider has them.

An entry never changes, so each is the same whatever happens to other refunds and disputes later.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from koda.domain.model.books.disputes import dispute_lost, dispute_opened, dispute_won
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.refunds import double_refunded, refund, refund_failed
from koda.domain.model.charges import ChargeRefund, Dispute, DisputeState, RefundState
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money, step_of
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.refund_parts import RefundPart, next_part

_MOVED = frozenset({DisputeState.OPEN, DisputeState.WON, DisputeState.LOST})
"""The states of a dispute that took money away."""


def returned_entries(
    order: Order, payment: Payment, never_sold: Collection[int], at: datetime
) -> tuple[Entry, ...]:
    """What was given back of the payment of `order`, or taken, as far as it is known what for.

    `never_sold` are the numbers of the lines that were no sale.
    """
    return (
        *_refunds(order, payment.refunds, never_sold, at),
        *_disputes(order, payment.disputes, never_sold, at),
    )


def _refunds(
    order: Order, refunds: Iterable[ChargeRefund], never_sold: Collection[int], at: datetime
) -> Iterator[Entry]:
    """The refunds that succeeded or failed, oldest first, of a line or of the whole order.

    One that is of neither is left out, until somebody says what it was for.
    """
    before: Counter[int] = Counter()
    for made in refunds:
        parts = {
            line.number: _part(line, amount, before) for line, amount in _lines_of(order, made)
        }
        if made.state is RefundState.SUCCEEDED or made.undone:
            for entry in _entries_of(order, made, parts, never_sold, at):
                yield entry
                if made.undone:
                    yield refund_failed(entry, at)


def _disputes(
    order: Order, disputes: Iterable[Dispute], never_sold: Collection[int], at: datetime
) -> Iterator[Entry]:
    """The disputes that took money away.

    What was lost is told of a dispute of the whole payment alone, if all of it was sold: whose
    part of it was disputed is not known else.
    """
    about = About(order.id, at)
    sold = None if never_sold else order.total
    for dispute in disputes:
        if dispute.state in _MOVED:
            yield dispute_opened(about, dispute.id, dispute.amount)
        if dispute.state is DisputeState.WON:
            yield dispute_won(about, dispute.id, dispute.amount)
        if dispute.state is DisputeState.LOST and dispute.amount == sold:
            parts = {share.seller_id: RefundPart(share.gross, share.fee) for share in order.shares}
            yield dispute_lost(about, dispute.id, parts)


def _lines_of(order: Order, made: ChargeRefund) -> Iterator[tuple[OrderLine, Money]]:
    """The lines that a refund is of, each with what it gave back for it."""
    if made.line is None and made.amount == order.total:
        yield from ((line, line.price) for line in order.lines)
    for line in order.lines:
        if line.number == made.line and _fits(line, made.amount):
            yield line, made.amount


def _fits(line: OrderLine, amount: Money) -> bool:
    """Whether an amount can have been paid for a line."""
    step = step_of(line.price.currency).minor
    return 0 < amount.minor <= line.price.minor and not amount.minor % step


def _part(line: OrderLine, amount: Money, before: Counter[int]) -> RefundPart:
    """The next part of a line; if there is no room for it, an earlier one must have failed."""
    if before[line.number] + amount.minor > line.price.minor:
        before[line.number] = 0
    refunded = Money(before[line.number], amount.currency)
    before[line.number] += amount.minor
    return next_part(line.price, line.fee, refunded, amount)


def _entries_of(
    order: Order,
    made: ChargeRefund,
    parts: Mapping[int, RefundPart],
    never_sold: Collection[int],
    at: datetime,
) -> Iterator[Entry]:
    """One entry for each seller, and one for all that was no sale."""
    sold: defaultdict[UserId, list[RefundPart]] = defaultdict(list)
    for line in order.lines:
        if line.number in parts and line.number not in never_sold:
            sold[line.seller_id].append(parts[line.number])
    for seller_id, of_seller in sold.items():
        about = About(order.id, at, made.line, seller_id)
        yield refund(about, made.id, _sum(of_seller, order.currency))
    unsold = [part.amount for number, part in parts.items() if number in never_sold]
    if unsold:
        about = About(order.id, at, made.line)
        yield double_refunded(about, made.id, Money.total(unsold, order.currency))


def _sum(parts: Collection[RefundPart], currency: str) -> RefundPart:
    amount = Money.total((part.amount for part in parts), currency)
    return RefundPart(amount, Money.total((part.fee for part in parts), currency))
