"""The money at a payment provider in memory: balances, transfers, refunds and disputes."""

from collections import Counter
from datetime import datetime

from attrs import Factory, define, evolve, field

from koda.adapters.memory.provider_accounts import MemoryAccounts
from koda.adapters.memory.provider_lines import MemoryLines
from koda.adapters.memory.provider_records import KeptDispute, KeptRefund, Session
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.errors import NotFound, PaymentRefused, StillProcessing, WrongState
from koda.domain.model.evidence import Evidence
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    PaymentId,
    RefundId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund, Transfer, Undone
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sentences import sentence

SERVICE = "payment provider"
_AFTER_LOSS = frozenset({DisputeState.LOST, DisputeState.APPEALED, DisputeState.WON})
"""Where a dispute may go that was lost: it is appealed, and decided anew."""
_ASKS_ANEW = frozenset({DisputeState.OPEN, DisputeState.APPEALED})
"""Where a dispute goes when the bank, or the card network, waits for evidence once more."""
PLATFORM = AccountId("platform")
"""Under this id the balance of the marketplace itself is kept."""


@define(eq=False)
class MemoryMoney(MemoryAccounts):
    """The provider's side of the money, part of `MemoryProvider`.

    `next_refund` is how the refund goes that is made next, and `lacks_funds` whether it waits for
    money in the marketplace's balance; `ledger` says why that balance changed.
    """

    sessions: dict[CheckoutSessionId, Session] = field(factory=dict, init=False)
    transfers: dict[TransferId, Transfer] = field(factory=dict, init=False)
    transferred_at: dict[TransferId, datetime] = field(factory=dict, init=False)
    reversals: dict[TransferId, list[Undone]] = field(factory=dict, init=False)
    fee_returns: dict[PaymentId, list[Undone]] = field(factory=dict, init=False)
    refunds: dict[RefundId, KeptRefund] = field(factory=dict, init=False)
    disputes: dict[DisputeId, KeptDispute] = field(factory=dict, init=False)
    refusals: dict[str, PaymentRefused] = field(factory=dict, init=False)
    next_refund: RefundState = field(default=RefundState.SUCCEEDED, init=False)
    lacks_funds: bool = field(default=False, init=False)
    ledger: MemoryLines = field(
        default=Factory(lambda self: MemoryLines(self.clock), takes_self=True), init=False
    )
    _balances: Counter[tuple[AccountId, str]] = field(factory=Counter, init=False)

    # --- balances ---------------------------------------------------------------------------------

    def balance(self, account_id: AccountId, currency: str = "EUR") -> int:
        """What an account holds, in minor units; below zero where it owes."""
        return self._balances[account_id, currency]

    def pay_out(self, account_id: AccountId) -> None:
        """Send all that an account holds to its owner's bank."""
        with self._lock:
            for holder, currency in list(self._balances):
                if holder == account_id:
                    left, self._balances[holder, currency] = self._balances[holder, currency], 0
                    if holder == PLATFORM:
                        self.ledger.write(LedgerKind.BANK, -left, currency)

    def put(self, account_id: AccountId, amount: Money) -> None:
        """Add `amount` to what an account holds."""
        self._balances[account_id, amount.currency] += amount.minor

    def take(self, account_id: AccountId, amount: Money, *, below_zero: bool = False) -> None:
        """Take `amount` from what an account holds.

        The marketplace's own may fall below zero, and a seller's where a charge paid them itself.

        Raises:
            PaymentRefused: the seller has less.
        """
        may_owe = below_zero or account_id == PLATFORM
        if not may_owe and self.balance(account_id, amount.currency) < amount.minor:
            raise PaymentRefused(sentence("the seller's balance is too low"))
        self._owe(account_id, amount)

    def _owe(self, account_id: AccountId, amount: Money) -> None:
        self._balances[account_id, amount.currency] -= amount.minor

    def note_transfer(self, transfer_id: TransferId, transfer: Transfer) -> None:
        """Move the money of a transfer, and keep it."""
        amount = transfer.amount
        self.take(PLATFORM, amount)
        self.put(transfer.account_id, amount)
        references = transfer_id, transfer.payment_id
        self.ledger.write(LedgerKind.TRANSFER, -amount.minor, amount.currency, *references)
        self.transfers[transfer_id] = transfer
        self.transferred_at[transfer_id] = self.clock()

    def transfer_again(self, transfer_id: TransferId) -> TransferId:
        """A transfer is made a second time under its name, whoever made that happen."""
        with self._lock:
            again = TransferId(f"{transfer_id}_again")
            self.note_transfer(again, self.transfers[transfer_id])
            return again

    # --- payments ---------------------------------------------------------------------------------

    def paid(self, payment_id: PaymentId) -> Session:
        """The session that a payment paid.

        Raises:
            PaymentRefused: no such payment, or its money has not arrived.
        """
        for session in self.sessions.values():
            if session.payment_id == payment_id and session.state is PaymentState.PAID:
                return session
        raise PaymentRefused(sentence("there is no such payment, or it is not paid"))

    def payment(self, session: Session) -> Payment:
        """A session in the words of the port, with what became of its charge."""
        payment_id = session.payment_id
        direct = session.destination is not None and session.captured_at(self.clock())
        return evolve(
            session.payment(),
            transfer_id=session.transfer_id if direct else None,
            reversals=tuple(self.reversals.get(session.transfer_id, ())) if direct else (),
            fee_returns=tuple(self.fee_returns.get(session.charge_id, ())) if direct else (),
            refunds=tuple(
                kept.seen for kept in self.refunds.values() if kept.request.payment_id == payment_id
            ),
            disputes=tuple(
                kept.seen for kept in self.disputes.values() if kept.payment_id == payment_id
            ),
        )

    # --- refunds ----------------------------------------------------------------------------------

    def give_back(self, refund: Refund, now: datetime, *, by_hand: bool = False) -> KeptRefund:
        """Make a refund, and take its money from those who bear it.

        Raises:
            StillProcessing: the charge that the seller's part comes back from is not captured yet.
            PaymentRefused: the payment has less left or is disputed, or did not pay that seller.
        """
        session = self.paid(refund.payment_id)
        if refund.destination != session.destination:
            raise PaymentRefused(sentence("the charge did not pay that seller"))
        payment = self.payment(session)
        if not payment.kept.minor or refund.amount > payment.kept:
            raise PaymentRefused(sentence("more than is left of the payment"))
        if payment.disputed:
            raise PaymentRefused(sentence("the payment is disputed"))
        refund_id = RefundId(f"re_{refund.order_id}_{refund.part}")
        if refund_id in self.refunds:
            refund_id = RefundId(f"{refund_id}_{refund.attempt}")
        reverses = self._reverses(refund)
        self._take_back(refund, session, now, refund_id, reverses=reverses)
        state, self.next_refund = self.next_refund, RefundState.SUCCEEDED
        lacking, self.lacks_funds = self.lacks_funds, False
        return self._keep_refund(KeptRefund(refund_id, refund, state, by_hand, reverses, lacking))

    def _reverses(self, refund: Refund) -> bool:
        """Whether the amount comes back from the seller: not where an earlier try took it."""
        tries = (kept for kept in self.refunds.values() if kept.request.name == refund.name)
        taken = any(kept.reverses for kept in tries)
        return refund.destination is not None and refund.seller_pays and not taken

    def _take_back(
        self,
        refund: Refund,
        session: Session,
        now: datetime,
        refund_id: RefundId,
        *,
        reverses: bool,
    ) -> None:
        minor, currency = refund.amount.minor, refund.amount.currency
        if refund.destination is None or not reverses:
            self.take(PLATFORM, refund.amount)
        elif not session.captured_at(now):
            raise StillProcessing(SERVICE)
        else:
            self._owe(refund.destination, refund.amount)
            self.ledger.write(LedgerKind.REVERSAL, minor, currency, f"trr_{refund_id}", refund_id)
        self.ledger.write(LedgerKind.REFUND, -minor, currency, refund_id)

    def settle_refund(self, refund_id: RefundId, state: RefundState) -> None:
        """A refund that was under way ends; the money of one that is undone is the marketplace's.

        Raises:
            NotFound: no such refund.
        """
        with self._lock:
            kept = self.refunds.get(refund_id)
            if kept is None:
                raise NotFound("refund", refund_id)
            self._keep_refund(evolve(kept, state=state))

    def _keep_refund(self, kept: KeptRefund) -> KeptRefund:
        """Keep a refund as it is now; what one took that is undone comes back."""
        before = self.refunds.get(kept.id)
        self.refunds[kept.id] = kept
        if kept.seen.undone and not (before and before.seen.undone):
            back = kept.request.amount
            self.put(PLATFORM, back)
            self.ledger.write(LedgerKind.REFUND_FAILED, back.minor, back.currency, kept.id)
        self._note(f"refund.{kept.id}.{kept.state}", "charge", kept.request.payment_id)
        return kept

    # --- disputes ---------------------------------------------------------------------------------

    def open_dispute(
        self, session: Session, amount: Money, state: DisputeState, due_by: datetime
    ) -> DisputeId:
        """The buyer's bank questions a payment, and takes the amount unless it only inquires."""
        dispute_id = DisputeId(f"dp_{session.order.id}_{len(self.disputes) + 1}")
        dispute = Dispute(dispute_id, amount, state, "fraudulent", due_by)
        if dispute.taken:
            self._take_disputed(session.charge_id, dispute)
        self._keep_dispute(KeptDispute(session.charge_id, dispute))
        return dispute_id

    def move_dispute(self, dispute_id: DisputeId, state: DisputeState) -> None:
        """A dispute goes on or ends: an inquiry becomes a dispute, the bank decides it.

        Raises:
            NotFound: no such dispute.
            WrongState: it was lost, and stays so, unless it is appealed or won after all.
        """
        with self._lock:
            kept = self.disputes.get(dispute_id)
            if kept is None:
                raise NotFound("dispute", dispute_id)
            if kept.seen.lost and state not in _AFTER_LOSS:
                raise WrongState("dispute", dispute_id, kept.seen.state, "move")
            answered = kept.seen.answered and state not in _ASKS_ANEW
            moved = evolve(kept.seen, state=state, answered=answered)
            if moved.taken and not kept.seen.taken:
                self._take_disputed(kept.payment_id, moved)
            if kept.seen.taken and not moved.taken:
                back = moved.amount
                self.put(PLATFORM, back)
                self.ledger.write(
                    LedgerKind.DISPUTE_REVERSAL, back.minor, back.currency, dispute_id
                )
            self._keep_dispute(evolve(kept, seen=moved))

    def take_evidence(self, dispute_id: DisputeId, evidence: Evidence) -> None:
        """Keep what the bank is told of a dispute or an inquiry that is not decided.

        Raises:
            PaymentRefused: there is none.
        """
        kept = self.disputes.get(dispute_id)
        if kept is None:
            raise PaymentRefused(sentence("there is no such dispute"))
        if not kept.seen.takes_evidence:
            raise PaymentRefused(sentence("the dispute is decided"))
        seen = evolve(kept.seen, answered=True)
        self._keep_dispute(evolve(kept, seen=seen, evidence=evidence))

    def _take_disputed(self, payment_id: PaymentId, dispute: Dispute) -> None:
        amount = dispute.amount
        fee = Money(self.ledger.dispute_fee, amount.currency)
        self.take(PLATFORM, amount + fee)
        self.ledger.write(
            LedgerKind.DISPUTE,
            -amount.minor,
            amount.currency,
            dispute.id,
            fee=fee.minor,
            order_id=self.paid(payment_id).order.id if fee.minor else None,
        )

    def _keep_dispute(self, kept: KeptDispute) -> None:
        self.disputes[kept.seen.id] = kept
        self._note(f"dispute.{kept.seen.id}.{kept.seen.state}", "charge", kept.payment_id)
