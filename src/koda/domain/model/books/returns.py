"""The entries of what a charge gave back: its refunds and disputes, as the provider has them.

An entry never changes, so each is the same whatever happens to other refunds and disputes later.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.disputes import (
    dispute_lost,
    dispute_opened,
    dispute_overturned,
    dispute_won,
)
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.refunds import (
    double_refunded,
    fee_returned,
    refund,
    refund_failed,
    refund_unmatched,
    reversal,
)
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.refund_matching import fee_name, is_of, part_of_line
from koda.domain.model.refund_parts import RefundPart
from koda.domain.model.settlements import LineRefund


def named_entries(
    order: Order, payment: Payment, never_sold: Collection[int], at: datetime
) -> tuple[Entry, ...]:
    """What was given back of the payment of `order` by refunds that Koda made for a line.

    So with the fees in them that went back to the seller whom the charge had paid.

    `never_sold` are the numbers of the lines that were no sale.
    """
    named = [made for made in payment.refunds if _is_named(order, made)]
    refunds = _refunds(order, payment, named, never_sold, at)
    return (*refunds, *_fees(order, payment, at))


def matched_entries(
    order: Order, payment: Payment, never_sold: Collection[int], at: datetime
) -> tuple[Entry, ...]:
    """What else was given back of it, or taken, as far as the order says what for."""
    others = [made for made in payment.refunds if not _is_named(order, made)]
    refunds = _refunds(order, payment, others, never_sold, at)
    return (*refunds, *_disputes(order, payment.disputes, never_sold, at))


def _fees(order: Order, payment: Payment, at: datetime) -> Iterator[Entry]:
    """What of the fee on a charge that paid its seller went back to them, for refunds of Koda's."""
    returned = {made.name: made.amount for made in payment.fee_returns if made.name}
    for of_line in order.settlement.refunds:
        name = fee_name(order, of_line)
        if of_line.fee_back and name is not None:
            seller_id = order.line(of_line.line).seller_id
            about = About(order.id, at, of_line.line, seller_id)
            yield fee_returned(about, name, returned.get(name, of_line.fee))


def _is_named(order: Order, made: ChargeRefund) -> bool:
    known = order.settlement.refunds
    return any(is_of(refund, made) and not refund.elsewhere for refund in known)


def _refunds(
    order: Order,
    payment: Payment,
    refunds: Iterable[ChargeRefund],
    never_sold: Collection[int],
    at: datetime,
) -> tuple[Entry, ...]:
    return tuple(
        entry
        for made in refunds
        if made.over
        for entry in _Returned(order, payment, made, never_sold, at).entries()
    )


@frozen
class _Returned:
    """A refund that succeeded, or failed, with the order that it is of."""

    order: Order
    payment: Payment
    made: ChargeRefund
    never_sold: Collection[int]
    at: datetime

    def entries(self) -> Iterator[Entry]:
        """One entry for each seller, and one for all that was no sale, or is of no line so far."""
        for entry in (*self._unmatched(), *self._sales(), *self._unsold()):
            yield entry
            if self.made.undone:
                yield refund_failed(entry, self.at)
        yield from self._from_sellers()

    @property
    def _parts(self) -> list[tuple[OrderLine, LineRefund]]:
        refunds = [refund for refund in self.order.settlement.refunds if is_of(refund, self.made)]
        return [
            (line, refund)
            for line in self.order.lines
            for refund in refunds
            if refund.line == line.number
        ]

    def _about(self, line: OrderLine | None) -> About:
        numbers = [of_line.number for of_line, _ in self._parts]
        only = numbers[0] if len(numbers) == 1 else None
        return About(self.order.id, self.at, only, line.seller_id if line else None)

    def _unmatched(self) -> Iterator[Entry]:
        if not self._parts or self._matched_late:
            about = About(self.order.id, self.at)
            yield refund_unmatched(about, self.made.id, self.made.amount)

    @property
    def _matched_late(self) -> bool:
        """Whether it was made elsewhere, so that it may have been of no line at first."""
        return any(refund.elsewhere for _, refund in self._parts)

    def _sales(self) -> Iterator[Entry]:
        sold = [(line, refund) for line, refund in self._parts if not self._is_unsold(line)]
        for first in {line.seller_id: line for line, _ in reversed(sold)}.values():
            refunds = [refund for line, refund in sold if line.seller_id == first.seller_id]
            part = RefundPart.total(map(part_of_line, refunds), self.order.currency)
            yield refund(
                self._about(first),
                self.made.id,
                part,
                seller_bears=self._borne(refunds),
                matched_late=self._matched_late,
            )

    def _unsold(self) -> Iterator[Entry]:
        unsold = [(line, refund) for line, refund in self._parts if self._is_unsold(line)]
        if not unsold:
            return
        part = RefundPart.total((part_of_line(refund) for _, refund in unsold), self.order.currency)
        amount = Money.zero(self.order.currency) if self._matched_late else part.amount
        kept = part.net - self._borne(refund for _, refund in unsold)
        if amount.minor or (self._direct and kept.minor):
            nets = [(self._about(unsold[0][0]).payable, kept)] if self._direct else []
            yield double_refunded(self._about(None), self.made.id, amount, nets)

    def _from_sellers(self) -> Iterator[Entry]:
        """What came back from the seller whom the charge paid itself, whatever the refund is of."""
        if self.made.reversal_id is not None:
            lines = self.order.lines
            line = lines[0].number if len(lines) == 1 else self.made.line
            about = About(self.order.id, self.at, line, lines[0].seller_id)
            yield reversal(about, self.made.reversal_id, self.made.amount)

    def _borne(self, refunds: Iterable[LineRefund]) -> Money:
        """What of the net of some refunds their seller bears: what came back from them."""
        bears_all = not self._direct or self._came_back
        nothing = Money.zero(self.order.currency)
        borne = (
            part_of_line(refund).net if bears_all else refund.covered or nothing
            for refund in refunds
        )
        return Money.total(borne, self.order.currency)

    def _is_unsold(self, line: OrderLine) -> bool:
        return line.number in self.never_sold

    @property
    def _direct(self) -> bool:
        return self.order.destination is not None

    @property
    def _came_back(self) -> bool:
        """Whether the seller gave the amount back, by this refund or an earlier try of it."""
        earlier = self.payment.refunds[: self.payment.refunds.index(self.made)]
        same = (made for made in earlier if made.part is not None and made.part == self.made.part)
        return any(made.reversal_id is not None for made in (self.made, *same))


def _disputes(
    order: Order, disputes: Iterable[Dispute], never_sold: Collection[int], at: datetime
) -> Iterator[Entry]:
    """The disputes that took money away, without the provider's fees."""
    about = About(order.id, at)
    for dispute in disputes:
        won = dispute.state is DisputeState.WON
        if won or dispute.taken:
            yield dispute_opened(about, dispute.id, dispute.amount)
        overturned = dispute.id in order.settlement.overturned
        if dispute.lost or overturned:
            lost = _lost(order, dispute, never_sold, about)
            yield lost
            if overturned:
                yield dispute_overturned(lost, at)
        if won:
            yield dispute_won(about, dispute.id, dispute.amount)


def _lost(order: Order, dispute: Dispute, never_sold: Collection[int], about: About) -> Entry:
    """What a lost dispute took of each seller's lines, and of what was no sale."""
    nothing = RefundPart.total((), order.currency)
    parts: dict[UserId, RefundPart] = {}
    unsold = nothing
    own = [loss for loss in order.settlement.losses if loss.dispute_id == dispute.id]
    for loss in own:
        part = part_of_line(loss)
        if loss.line in never_sold:
            unsold += part
        else:
            seller_id = order.line(loss.line).seller_id
            parts[seller_id] = parts.get(seller_id, nothing) + part
    return dispute_lost(about, dispute.id, dispute.amount, parts, unsold.amount)
