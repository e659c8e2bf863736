"""What a payment makes of the lines of its order."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.payments import Payment
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.refund_matching import MatchedRefunds, match_refunds
from koda.domain.model.refund_parts import RefundPart

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


@frozen
class Outcome:
    """What each line of an order is, by its number, and what its seller is due for it.

    `hold` is why no money of the order moves, if so.
    """

    states: Mapping[int, PurchaseState]
    dues: Mapping[int, Money]
    refunds: MatchedRefunds
    hold: HoldReason | None = None

    def due(self, lines: Iterable[OrderLine], currency: str) -> Money:
        """What is due for `lines` together."""
        return Money.total((self.dues[line.number] for line in lines), currency)


def outcome_of(order: "Order", payment: Payment) -> Outcome:
    """What `payment` makes of `order`, before it is recorded and ever after alike.

    A line whose price was given back is refunded. An open dispute is of the whole charge: no other
    line gives access, and nothing is passed on. A lost one takes its amount from the lines, and
    one of which all was taken gives no access; nor does any line once nothing is left of the
    payment. A refund that was made for no line, or for more than its line, leaves access as it is,
    and nothing is passed on until a person says what it was for, unless all of the payment went
    back. All that is due together is never above what is left of the payment.
    """
    refunds = match_refunds(order, payment)
    gone = {line.number: refunds.gone_of(line) for line in order.lines}
    given = {line.number: refunds.given_of(line).amount for line in order.lines}
    if not payment.kept.minor:
        gone = {line.number: RefundPart(line.price, line.fee) for line in order.lines}
        given = {line.number: line.price for line in order.lines}
    taken = payment.in_dispute or not payment.left.minor
    states = {
        line.number: _state_of(line, given[line.number], gone[line.number].amount, disputed=taken)
        for line in order.lines
    }
    dues = {line.number: line.net - gone[line.number].net for line in order.lines}
    return Outcome(states, dues, refunds, _hold_of(payment, refunds))


def _hold_of(payment: Payment, refunds: MatchedRefunds) -> HoldReason | None:
    if payment.in_dispute:
        return HoldReason.DISPUTED
    unknown = refunds.unmatched and payment.kept.minor
    return HoldReason.REFUND_UNMATCHED if unknown else None


def _state_of(line: OrderLine, given: Money, gone: Money, *, disputed: bool) -> PurchaseState:
    if given.minor and given == line.price:
        return PurchaseState.REFUNDED
    lost = gone.minor and gone == line.price
    return PurchaseState.DISPUTED if disputed or lost else PurchaseState.ACTIVE
