"""What is undone at a payment provider in memory: reversals of transfers, and returns of fees."""

from attrs import define

from koda.adapters.memory.provider_money import PLATFORM, MemoryMoney
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import AccountId, PaymentId, TransferId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund, Undone
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.sentences import sentence


@define(eq=False)
class MemoryUndoing(MemoryMoney):
    """The provider's side of money that goes back, part of `MemoryProvider`."""

    def reversed_of(self, transfer_id: TransferId) -> int:
        """What of a transfer came back, in minor units, but for what refunds took."""
        return sum(made.amount.minor for made in self.reversals.get(transfer_id, ()))

    def reverse(self, transfer_id: TransferId, amount: Money, name: str | None = None) -> Undone:
        """Take money of a transfer back, for Koda under a name of its own, or by hand.

        Raises:
            PaymentRefused: more than was transferred, or than the seller has.
        """
        with self._lock:
            account_id, transferred, direct = self._reversible(transfer_id)
            done = self.reversals.setdefault(transfer_id, [])
            if self.reversed_of(transfer_id) + amount.minor > transferred.minor:
                raise PaymentRefused(sentence("more than was transferred"))
            self.take(account_id, amount, below_zero=direct)
            self.put(PLATFORM, amount)
            made = Undone(f"trr_{transfer_id}_{len(done) + 1}", amount, self.clock(), name)
            self.ledger.write(LedgerKind.REVERSAL, amount.minor, amount.currency, made.id)
            done.append(made)
            return made

    def _reversible(self, transfer_id: TransferId) -> tuple[AccountId, Money, bool]:
        """Whom a transfer paid how much, and whether a charge made it."""
        transfer = self.transfers.get(transfer_id)
        if transfer is not None:
            return transfer.account_id, transfer.amount, False
        for session in self.sessions.values():
            captured = session.captured_at(self.clock())
            if captured and session.transfer_id == transfer_id and session.destination is not None:
                return session.destination, session.amount, True
        raise PaymentRefused(sentence("there is no such transfer"))

    def return_fee_of(self, refund: Refund) -> None:
        """Give a seller the fee of what they gave back, once, where the refund has arrived."""
        if refund.destination is None or not refund.seller_pays or refund.fee is None:
            return
        done = self.fee_returns.get(refund.payment_id, ())
        if refund.fee.minor and all(made.name != refund.fee_name for made in done):
            self.return_fee(refund.payment_id, refund.fee, refund.fee_name)

    def return_fee(self, payment_id: PaymentId, amount: Money, name: str | None = None) -> Undone:
        """Give the seller whom a charge paid some of its fee, by Koda's name or by hand.

        Raises:
            PaymentRefused: the charge paid nobody itself, or more than is left of its fee.
        """
        with self._lock:
            session = self.paid(payment_id)
            done = self.fee_returns.setdefault(payment_id, [])
            back = amount.minor + sum(made.amount.minor for made in done)
            if session.destination is None or back > session.order.fee.minor:
                raise PaymentRefused(sentence("more than is left of the fee"))
            self.take(PLATFORM, amount)
            self.put(session.destination, amount)
            made = Undone(f"fr_{payment_id}_{len(done) + 1}", amount, self.clock(), name)
            minor, reference = -amount.minor, name or made.id
            self.ledger.write(LedgerKind.FEE_REFUND, minor, amount.currency, reference)
            done.append(made)
            return made
