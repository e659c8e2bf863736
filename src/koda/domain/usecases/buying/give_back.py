"""Giving lines of an order back to their buyer."""

from attrs import evolve, frozen

from koda.domain.model.charges import ChargeRefund, part_of
from koda.domain.model.errors import PaymentRefused, StillProcessing
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.movements import Refund
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.outcomes import Outcome
from koda.domain.model.paid_orders import PaidOrder
from koda.domain.model.refund_matching import MatchedRefunds
from koda.domain.model.refund_states import GivenUp, RefundState
from koda.domain.model.settlements import LineRefund
from koda.ports.payments import Payments

MOST_REFUSALS = 10
"""How often a refund is asked for after a lost dispute: for about two days."""


@frozen
class GivenBack:
    """The refunds of an order's lines, and those that the provider was asked for just now."""

    refunds: tuple[LineRefund, ...]
    made: tuple[ChargeRefund, ...]


@frozen(eq=False, repr=False)
class GiveBack:
    """Makes the refunds that wait, each once, and again under another key where one failed."""

    payments: Payments

    def __call__(self, paid: PaidOrder, outcome: Outcome) -> GivenBack:
        """Ask for the refunds that may be made; what was not sold gets one, if it has none.

        Raises:
            Unavailable: the provider did not answer; calling again goes on where this stopped.
        """
        asked: list[ChargeRefund] = []
        refunds = [
            self._followed(paid, refund, outcome.hold, asked) for refund in _wanted(paid, outcome)
        ]
        return GivenBack(tuple(refunds), tuple(asked))

    def _followed(
        self,
        paid: PaidOrder,
        refund: LineRefund,
        hold: HoldReason | None,
        asked: list[ChargeRefund],
    ) -> LineRefund:
        """A refund as it stands once what may be done for it is done."""
        finished = refund.waits is None and refund.arrived
        if not refund.ours or finished or not refund.refusals.over(paid.at):
            return refund
        under_way = refund.given and not refund.arrived
        if hold is not None:
            return refund.waiting(hold)
        if under_way:
            return refund
        return self._ask(paid, refund, asked)

    def _ask(self, paid: PaidOrder, refund: LineRefund, asked: list[ChargeRefund]) -> LineRefund:
        try:
            made = self._refund(_request(paid, refund))
        except StillProcessing:
            return refund.waiting(HoldReason.PENDING)
        except PaymentRefused:
            return _refused(refund, paid)
        asked.append(made)
        return _after(refund.followed(made), paid)

    def _refund(self, refund: Refund) -> ChargeRefund:
        """Refund at the marketplace's cost if the seller has the money no more."""
        try:
            return self.payments.refund(refund)
        except PaymentRefused:
            if refund.destination is None:
                raise
            return self.payments.refund(evolve(refund, seller_pays=False))


def _refused(refund: LineRefund, paid: PaidOrder) -> LineRefund:
    """A refund that the provider will not make; after a lost dispute it never will."""
    refused = refund.refused(paid.at)
    lost = any(dispute.lost for dispute in paid.payment.disputes)
    if lost and refused.refusals.count >= MOST_REFUSALS:
        return refused.give_up(GivenUp.DISPUTE_LOST)
    return refused


def _after(refund: LineRefund, paid: PaidOrder) -> LineRefund:
    if refund.state is RefundState.SUCCEEDED:
        return refund.with_fee().done()
    return refund if refund.given else refund.refused(paid.at)


def _wanted(paid: PaidOrder, outcome: Outcome) -> tuple[LineRefund, ...]:
    """All refunds of the order, with one of what is left of each line that was not sold."""
    matched = outcome.refunds
    for line in paid.order.lines:
        left = matched.left_of(line)
        if line.number in paid.unsold and left.minor and not _hopeless(matched, line, paid):
            matched = matched.with_one(matched.next_of(line, left))
    return matched.refunds


def _hopeless(matched: MatchedRefunds, line: OrderLine, paid: PaidOrder) -> bool:
    """Whether a refund of the line was given up since a dispute was lost, which still is."""
    why = {refund.given_up for refund in matched.of_line(line)}
    return GivenUp.DISPUTE_LOST in why and paid.payment.disputed


def _request(paid: PaidOrder, refund: LineRefund) -> Refund:
    """What the provider is asked for; a refund that failed is made anew by another attempt."""
    part = part_of(refund.line, refund.number)
    failed = sum(1 for made in paid.payment.refunds if made.part == part and made.undone)
    order = paid.order
    return Refund(
        order.id,
        paid.payment_id,
        part,
        refund.amount,
        order.destination,
        refund.fee if order.destination is not None else None,
        attempt=refund.refusals.count + failed + 1,
    )
