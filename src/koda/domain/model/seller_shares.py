"""A seller's share of an order while its money is moved."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import define, field

from koda.domain.model.errors import AccountRefused, PaymentRefused
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import TransferId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal, ReversalMade, Transfer, TransferMade
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.settlements import (
    NEVER_REFUSED,
    HeldShare,
    OwedShare,
    PaidShare,
    Refusals,
    TakenBack,
)
from koda.domain.model.write_offs import WriteOff, holding

if TYPE_CHECKING:
    from koda.domain.model.outcomes import Outcome
    from koda.domain.model.paid_orders import PaidOrder


@define
class SellerShare:
    """What a seller is due for their lines of an order, and what they have got of it so far."""

    order_paid: "PaidOrder"
    outcome: "Outcome"
    lines: tuple[OrderLine, ...]
    paid: list[PaidShare] = field(init=False)
    taken: list[TakenBack] = field(init=False)
    held: HeldShare | None = field(default=None, init=False)
    owed: OwedShare | None = field(default=None, init=False)
    written_off: tuple[WriteOff, ...] = field(default=(), init=False)

    def __attrs_post_init__(self) -> None:
        settlement = self.order_paid.order.settlement
        self.paid = [share for share in settlement.paid if share.seller_id == self.seller_id]
        self.taken = [back for back in settlement.taken if back.seller_id == self.seller_id]
        own = (made for made in settlement.written_off if made.seller_id == self.seller_id)
        self.written_off = holding(tuple(own), -self._difference, self._next_revision)

    @property
    def seller_id(self) -> UserId:
        """Whose share it is."""
        return self.lines[0].seller_id

    # --- transfers --------------------------------------------------------------------------------

    def transfer(self) -> Transfer | None:
        """The transfer of what is missing, if the provider is to be asked for it."""
        waits = not self._held_before.over(self.order_paid.at)
        free = self.outcome.hold is None and self.held is None
        if waits or not free or self._missing <= 0:
            return None
        made = sum(1 for share in self.paid if share.transfer_id)
        return Transfer(
            self.order_paid.order.id,
            self.order_paid.payment_id,
            self.lines[0].account_id,
            self._money(self._missing),
            made + 1,
            self._held_before.count + 1,
            from_balance=self._direct or bool(self.order_paid.order.settlement.taken),
        )

    def receive(self, made: TransferMade) -> None:
        """Note a transfer."""
        self.paid.append(PaidShare(self.seller_id, self._new(self._sold), made.amount, made.id))

    def refuse_transfer(self, refusal: PaymentRefused) -> None:
        """Hold what the provider will not pass on."""
        reason = HoldReason.ACCOUNT if isinstance(refusal, AccountRefused) else HoldReason.REFUSED
        self._hold(reason, self._held_before.once_more(self.order_paid.at))

    def _hold(self, reason: HoldReason, refusals: Refusals) -> None:
        before, net = self._held, self._money(self._missing)
        same = before is not None and before.net == net
        since = before.since if before and same else self._next_revision
        lines = self._new(self._sold) or tuple(line.number for line in self._sold)
        self.held = HeldShare(self.seller_id, lines, net, reason, since, refusals)

    # --- reversals --------------------------------------------------------------------------------

    def reversal(self) -> Reversal | None:
        """The reversal of what is too much, or of as much of it as the newest transfer had.

        Nothing if the provider is not to be asked.
        """
        waits = not self._owed_before.over(self.order_paid.at)
        reversible = self._reversible
        if waits or self.outcome.hold or self.owed or self._missing >= 0 or reversible is None:
            return None
        transfer_id, left = reversible
        done = sum(1 for back in self.taken if back.transfer_id == transfer_id)
        amount = self._money(min(-self._missing, left))
        return Reversal(transfer_id, amount, done + 1, self._owed_before.count + 1)

    def give(self, reversal: Reversal, made: ReversalMade) -> None:
        """Note a reversal."""
        self.taken.append(
            TakenBack(self.seller_id, reversal.transfer_id, reversal.number, made.amount, made.id)
        )

    def refuse_reversal(self) -> None:
        """Let the seller owe what the provider cannot take."""
        self._owe(self._owed_before.once_more(self.order_paid.at))

    @property
    def _reversible(self) -> tuple[TransferId, int] | None:
        """The newest transfer of which something is left, and how much."""
        left: dict[TransferId, int] = {}
        if self._direct and self.order_paid.payment.transfer_id is not None:
            left[self.order_paid.payment.transfer_id] = self.order_paid.order.total.minor
        for share in self.paid:
            if share.transfer_id is not None:
                left[share.transfer_id] = share.net.minor
        for back in self.taken:
            left[back.transfer_id] -= back.amount.minor
        return next(((name, rest) for name, rest in reversed(left.items()) if rest > 0), None)

    def _owe(self, refusals: Refusals) -> None:
        before, amount = self._owes, self._money(-self._missing)
        same = before is not None and before.amount == amount
        since = before.since if before and same else self._next_revision
        self.owed = OwedShare(self.seller_id, amount, since, refusals)

    # --- the end ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Hold or owe what did not move, or note a share that needed no transfer."""
        missing = self._missing
        if missing > 0 and self.held is None:
            before = self._held.reason if self._held else HoldReason.PENDING
            self._hold(self.outcome.hold or before, self._held_before)
        if missing < 0 and self.owed is None:
            self._owe(self._owed_before)
        active, states = PurchaseState.ACTIVE, self.outcome.states
        new = self._new(line for line in self._sold if states[line.number] is active)
        if new and self.held is None:
            sold = [line for line in self.lines if line.number in new]
            net = self.outcome.due(sold, self.order_paid.order.currency)
            self.paid.append(PaidShare(self.seller_id, new, net))

    # --- what is known ----------------------------------------------------------------------------

    @property
    def _direct(self) -> bool:
        return self.order_paid.order.destination is not None

    @property
    def _missing(self) -> int:
        """What the seller is due less what they got and need not give back, in minor units."""
        return self._difference + sum(made.left.minor for made in self.written_off)

    @property
    def _difference(self) -> int:
        """What the seller is due less what they got, in minor units.

        A charge that paid them itself gave them all, and its refunds come back by themselves: what
        is missing is what was taken back for a lost dispute that was won after all, or came back
        for a refund that is given up.
        """
        taken = sum(back.amount.minor for back in self.taken)
        if self._direct:
            losses = (self.outcome.refunds.lost_of(line).net.minor for line in self.lines)
            again = (share.net.minor for share in self.paid if share.transfer_id is not None)
            spare = (self.outcome.refunds.spare_of(line).minor for line in self.lines)
            return taken + sum(spare) - sum(losses) - sum(again)
        due = self.outcome.due(self._own, self.order_paid.order.currency)
        return due.minor - sum(share.net.minor for share in self.paid) + taken

    @property
    def _own(self) -> tuple[OrderLine, ...]:
        """The lines that the payment sells."""
        return tuple(line for line in self.lines if line.number not in self.order_paid.unsold)

    @property
    def _sold(self) -> tuple[OrderLine, ...]:
        """The lines that the payment sells, and that were not refunded."""
        refunded, states = PurchaseState.REFUNDED, self.outcome.states
        return tuple(line for line in self._own if states[line.number] is not refunded)

    def _new(self, lines: Iterable[OrderLine]) -> tuple[int, ...]:
        """The numbers of those lines of which nothing was paid yet."""
        paid = {number for share in self.paid for number in share.lines}
        return tuple(line.number for line in lines if line.number not in paid)

    @property
    def _held(self) -> HeldShare | None:
        return self.order_paid.order.settlement.held_for(self.seller_id)

    @property
    def _held_before(self) -> Refusals:
        return self._held.refusals if self._held else NEVER_REFUSED

    @property
    def _owes(self) -> OwedShare | None:
        return self.order_paid.order.settlement.owed_by(self.seller_id)

    @property
    def _owed_before(self) -> Refusals:
        return self._owes.refusals if self._owes else NEVER_REFUSED

    @property
    def _next_revision(self) -> int:
        return self.order_paid.order.revision + 1

    def _money(self, minor: int) -> Money:
        return Money(minor, self.order_paid.order.currency)
