"""What a payment makes of the lines of its order."""

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from koda.domain.model.charges import ChargeRefund
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import RefundId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.purchases import PurchaseState


@frozen
class Outcome:
    """What each line of an order is, by its number, and what its seller is due for it.

    `hold` is why no money of the order moves, if so; `unmatched` are the refunds that belong to
    no line.
    """

    states: Mapping[int, PurchaseState]
    dues: Mapping[int, Money]
    hold: HoldReason | None = None
    unmatched: tuple[RefundId, ...] = ()

    def due(self, lines: Iterable[OrderLine], currency: str) -> Money:
        """What is due for `lines` together."""
        return Money.total((self.dues[line.number] for line in lines), currency)


def outcome_of(order: Order, payment: Payment) -> Outcome:
    """What `payment` makes of `order`, before it is recorded and ever after alike.

    A line whose price was given back is refunded. An open or lost dispute is of the whole charge:
    no other line gives access, and nothing is passed on. A refund that was made for no line, or
    for more than its line, leaves access as it is, and nothing is passed on until a person says
    what it was for. All that is due together is never above what is left of the payment.
    """
    given, unmatched = _matched(order, payment.refunds)
    if not payment.kept.minor:
        given, unmatched = {line.number: line.price for line in order.lines}, ()
    states = {
        line.number: _state_of(line, given[line.number], disputed=payment.disputed)
        for line in order.lines
    }
    dues = {line.number: _due(line, given[line.number]) for line in order.lines}
    return Outcome(states, dues, _hold_of(payment, unmatched), unmatched)


def _hold_of(payment: Payment, unmatched: tuple[RefundId, ...]) -> HoldReason | None:
    if payment.disputed:
        return HoldReason.DISPUTED
    return HoldReason.REFUND_UNMATCHED if unmatched else None


def _matched(
    order: Order, refunds: Iterable[ChargeRefund]
) -> tuple[Mapping[int, Money], tuple[RefundId, ...]]:
    """What was given back for each line, and the refunds that fit none."""
    prices = {line.number: line.price.minor for line in order.lines}
    given: Counter[int] = Counter()
    unmatched: list[RefundId] = []
    for refund in refunds:
        line = refund.line
        if refund.undone:
            continue
        if line is None or given[line] + refund.amount.minor > prices.get(line, 0):
            unmatched.append(refund.id)
        else:
            given[line] += refund.amount.minor
    amounts = {number: Money(given[number], order.currency) for number in prices}
    return amounts, tuple(unmatched)


def _state_of(line: OrderLine, given: Money, *, disputed: bool) -> PurchaseState:
    if given.minor and given == line.price:
        return PurchaseState.REFUNDED
    return PurchaseState.DISPUTED if disputed else PurchaseState.ACTIVE


def _due(line: OrderLine, given: Money) -> Money:
    """The net of a line less that of what was given back: both fees rounded half up."""
    if not given.minor:
        return line.net
    fee = (2 * line.fee.minor * given.minor + line.price.minor) // (2 * line.price.minor)
    return line.net - (given - Money(fee, given.currency))
