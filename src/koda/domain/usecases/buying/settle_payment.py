"""Paying the sellers of an order, and giving back what its buyer had already."""

from collections.abc import Iterable, Sequence

from attrs import define, evolve, field, frozen

from koda.domain.model.charges import ChargeRefund, RefundState, part_of
from koda.domain.model.errors import AccountRefused, PaymentRefused, StillProcessing
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund, Transfer
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.outcomes import Outcome
from koda.domain.model.payments import Payment
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.settlements import (
    HeldShare,
    PaidShare,
    RefundDue,
    Settlement,
)
from koda.ports.payments import Payments


@frozen
class Settled:
    """What became of an order's money, and the provider's refusal of some of it, if any.

    `refunds` are those that were asked for, as they stand now.
    """

    settlement: Settlement
    refunds: tuple[ChargeRefund, ...]
    refusal: PaymentRefused | None


@frozen(eq=False, repr=False)
class SettlePayment:
    """Moves what an outcome lets move: each share to its seller, each double back to its buyer.

    What was moved before is not moved again, and nothing that was moved is taken back.
    """

    payments: Payments

    def __call__(
        self, order: Order, payment: Payment, outcome: Outcome, doubles: tuple[int, ...]
    ) -> Settled:
        """Move the money of a paid order; `doubles` are the numbers of its lines paid twice.

        Raises:
            Unavailable: the provider did not answer; calling again goes on where this stopped.
        """
        step = _Step(order, payment, payment.check(order), outcome, doubles)
        due = [self._give_back(step, line) for line in step.owed]
        self._pass_on(step)
        return step.settled(filter(None, due))

    def _pass_on(self, step: "_Step") -> None:
        """Pass each share on, whatever becomes of the others."""
        while transfers := step.transfers():
            asked = [transfer for _, transfer in transfers]
            outcomes = self.payments.pass_on(asked)
            for (lines, transfer), made in zip(transfers, outcomes, strict=True):
                if isinstance(made, PaymentRefused):
                    step.refused(lines, transfer, made)
                else:
                    step.paid.append(
                        PaidShare(lines[0].seller_id, step.new(lines), made.amount, made.id)
                    )

    def _give_back(self, step: "_Step", line: OrderLine) -> RefundDue | None:
        """Refund a double; return what of it is left to do, if anything."""
        attempts = step.attempts_of(line)
        if step.outcome.hold is not None:
            return RefundDue(line.number, step.outcome.hold, attempts)
        try:
            made = self._refund(step.refund_of(line, attempts))
        except StillProcessing:
            return RefundDue(line.number, HoldReason.PENDING, attempts)
        except PaymentRefused as refusal:
            step.refusal = step.refusal or refusal
            return RefundDue(line.number, HoldReason.REFUSED, attempts + 1)
        step.refunds.append(made)
        if made.state is RefundState.SUCCEEDED:
            return None
        reason = HoldReason.REFUSED if made.undone else HoldReason.PENDING
        return RefundDue(line.number, reason, attempts)

    def _refund(self, refund: Refund) -> ChargeRefund:
        """Refund at the marketplace's cost if the seller has the money no more."""
        try:
            return self.payments.refund(refund)
        except PaymentRefused:
            if refund.destination is None:
                raise
            return self.payments.refund(evolve(refund, seller_pays=False))


@define
class _Step:
    """What is known of an order's money, while it is moved."""

    order: Order
    payment: Payment
    payment_id: PaymentId
    outcome: Outcome
    doubles: tuple[int, ...]
    paid: list[PaidShare] = field(init=False)
    held: dict[UserId, HeldShare] = field(factory=dict, init=False)
    refunds: list[ChargeRefund] = field(factory=list, init=False)
    refusal: PaymentRefused | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.paid = list(self.order.settlement.paid)

    # --- shares -----------------------------------------------------------------------------------

    @property
    def shares(self) -> Iterable[Sequence[OrderLine]]:
        """The lines of each seller that are sold and not refunded."""
        sold: dict[UserId, list[OrderLine]] = {}
        for line in self.order.lines:
            refunded = self.outcome.states[line.number] is PurchaseState.REFUNDED
            if line.number not in self.doubles and not refunded:
                sold.setdefault(line.seller_id, []).append(line)
        return sold.values()

    def transfers(self) -> list[tuple[Sequence[OrderLine], Transfer]]:
        """What is to be passed on now, and for which lines."""
        if self.order.destination is not None or self.outcome.hold is not None:
            return []
        return [
            (lines, self._transfer_of(lines))
            for lines in self.shares
            if lines[0].seller_id not in self.held and self._remaining(lines).minor
        ]

    def _transfer_of(self, lines: Sequence[OrderLine]) -> Transfer:
        seller_id = lines[0].seller_id
        made = sum(1 for share in self.paid if share.seller_id == seller_id and share.transfer_id)
        return Transfer(
            self.order.id,
            self.payment_id,
            lines[0].account_id,
            self._remaining(lines),
            made + 1,
            self._attempts_for(seller_id) + 1,
        )

    def refused(
        self, lines: Sequence[OrderLine], transfer: Transfer, refusal: PaymentRefused
    ) -> None:
        """Hold a share that the provider will not pass on."""
        reason = HoldReason.ACCOUNT if isinstance(refusal, AccountRefused) else HoldReason.REFUSED
        self._hold(lines, reason, transfer.attempt)
        self.refusal = self.refusal or refusal

    def _hold(self, lines: Sequence[OrderLine], reason: HoldReason, attempts: int) -> None:
        seller_id = lines[0].seller_id
        numbers = self.new(lines) or tuple(line.number for line in lines)
        net = self._remaining(lines)
        before = self.order.settlement.held_for(seller_id)
        since = before.since if before and before.net == net else self.order.revision + 1
        self.held[seller_id] = HeldShare(seller_id, numbers, net, reason, since, attempts)

    def new(self, lines: Iterable[OrderLine]) -> tuple[int, ...]:
        """The numbers of those lines of which nothing was paid yet."""
        paid = {number for share in self.paid for number in share.lines}
        return tuple(line.number for line in lines if line.number not in paid)

    def _remaining(self, lines: Sequence[OrderLine]) -> Money:
        due = self.outcome.due(lines, self.order.currency)
        seller_id = lines[0].seller_id
        paid = sum(share.net.minor for share in self.paid if share.seller_id == seller_id)
        return Money(max(due.minor - paid, 0), self.order.currency)

    def _attempts_for(self, seller_id: UserId) -> int:
        held = self.order.settlement.held_for(seller_id)
        return held.attempts if held else 0

    # --- doubles ----------------------------------------------------------------------------------

    @property
    def owed(self) -> Iterable[OrderLine]:
        """The doubles whose money has not all gone back, as far as is known."""
        return [
            line for line in self.order.lines if line.number in self.doubles and self._owes(line)
        ]

    def _owes(self, line: OrderLine) -> bool:
        ours = any(
            refund.line == line.number and not refund.undone for refund in self.payment.refunds
        )
        before = self.order.settlement
        if ours:
            return line.number not in before.doubles or before.due_for(line.number) is not None
        return self.outcome.states[line.number] is not PurchaseState.REFUNDED

    def attempts_of(self, line: OrderLine) -> int:
        """How often the provider refused to give a double back."""
        due = self.order.settlement.due_for(line.number)
        return due.attempts if due else 0

    def refund_of(self, line: OrderLine, refusals: int) -> Refund:
        """The refund of a double; one that was undone is made anew."""
        undone = sum(
            1 for refund in self.payment.refunds if refund.line == line.number and refund.undone
        )
        destination = self.order.destination
        return Refund(
            self.order.id,
            self.payment_id,
            part_of(line.number),
            line.price,
            destination,
            line.fee if destination is not None else None,
            attempt=refusals + undone + 1,
        )

    # --- the end ----------------------------------------------------------------------------------

    def settled(self, due: Iterable[RefundDue]) -> Settled:
        """What became of the money."""
        for lines in self.shares:
            self._end(lines)
        before, states = self.order.settlement, self.outcome.states
        delivered = [
            line.number
            for line in self.order.lines
            if line.number not in self.doubles
            and (line.number in before.delivered or states[line.number] is PurchaseState.ACTIVE)
        ]
        settlement = Settlement(
            tuple(delivered),
            self.doubles,
            tuple(self.paid),
            tuple(self.held.values()),
            tuple(due),
            self.outcome.unmatched,
        )
        return Settled(settlement, tuple(self.refunds), self.refusal)

    def _end(self, lines: Sequence[OrderLine]) -> None:
        """Hold a share that may not move, or note one that needed no transfer."""
        seller_id = lines[0].seller_id
        direct = self.order.destination is not None
        if self.outcome.hold is not None and not direct and self._remaining(lines).minor:
            self._hold(lines, self.outcome.hold, self._attempts_for(seller_id))
        new = self.new(line for line in lines if self._gives_access(line))
        if new and seller_id not in self.held:
            sold = [line for line in lines if line.number in new]
            net = self.outcome.due(sold, self.order.currency)
            self.paid.append(PaidShare(seller_id, new, net))

    def _gives_access(self, line: OrderLine) -> bool:
        return self.outcome.states[line.number] is PurchaseState.ACTIVE
