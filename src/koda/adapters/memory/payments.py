"""Payments at the provider in memory."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve, frozen

from koda.adapters.memory.provider import PLATFORM, MemoryProvider
from koda.adapters.memory.provider_records import Session
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    PaymentId,
    RefundId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.orders import CheckoutSession, Order
from koda.domain.model.payments import Payment, PaymentState, Refund, Reversal, Transfer
from koda.domain.model.sellers import Ready
from koda.domain.model.sentences import sentence
from koda.ports.payments import Payments

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
"""How long a session may live: what Stripe allows, so that both refuse the same."""


@frozen
class MemoryPayments(Payments):
    """Takes play money for orders and moves it between the provider's accounts."""

    provider: MemoryProvider

    @property
    def page_origins(self) -> frozenset[str]:
        return self.provider.page_origins

    def open_checkout(self, order: Order, expires_at: datetime) -> CheckoutSession:
        with self.provider.at_work():
            session_id = CheckoutSessionId(f"cs_{order.id}")
            if session_id not in self.provider.sessions:
                self._open(session_id, order, expires_at)
            return self.provider.sessions[session_id].checkout

    def _open(self, session_id: CheckoutSessionId, order: Order, expires_at: datetime) -> None:
        now = self.provider.clock()
        if not SHORTEST <= expires_at - now <= LONGEST:
            raise PaymentRefused(sentence("a checkout lives 30 minutes to 24 hours"))
        if not order.total.minor:
            raise PaymentRefused(sentence("there is nothing to pay"))
        if order.destination is not None:
            self._check_receives(order.destination)
        url = f"{self.provider.url}/checkout/{session_id}"
        checkout = CheckoutSession(session_id, url, expires_at)
        self.provider.sessions[session_id] = Session(checkout, order, now)

    def close_checkout(self, session_id: CheckoutSessionId) -> Payment:
        with self.provider.at_work():
            if self.provider.session(session_id).state is PaymentState.OPEN:
                self.provider.expire(session_id)
            return self.provider.session(session_id).payment()

    def find(self, session_id: CheckoutSessionId) -> Payment:
        with self.provider.at_work():
            return self.provider.session(session_id).payment()

    def transfer(self, transfer: Transfer) -> TransferId:
        transfer_id = TransferId(f"tr_{transfer.order_id}_{transfer.account_id}")
        with self.provider.at_work():
            before = self.provider.transfers.get(transfer_id)
            if before is None:
                self._transfer(transfer_id, transfer)
            elif before != transfer:
                raise PaymentRefused(
                    sentence("another transfer was made for this seller of this order")
                )
            return transfer_id

    def _transfer(self, transfer_id: TransferId, transfer: Transfer) -> None:
        if transfer.amount > self._left_to_transfer(transfer.payment_id):
            raise PaymentRefused(sentence("more than is left of the payment"))
        self._check_receives(transfer.account_id)
        self.provider.take(PLATFORM, transfer.amount)
        self.provider.put(transfer.account_id, transfer.amount)
        self.provider.transfers[transfer_id] = transfer

    def _left_to_transfer(self, payment_id: PaymentId) -> Money:
        session = self.provider.paid(payment_id)
        if session.destination is not None:
            raise PaymentRefused(sentence("the charge paid its seller itself"))
        amounts = [
            other.amount
            for other in self.provider.transfers.values()
            if other.payment_id == payment_id
        ]
        return session.amount - Money.total(amounts, session.amount.currency)

    def _check_receives(self, account_id: AccountId) -> None:
        account = self.provider.accounts.get(account_id)
        if account is None or not isinstance(account.status, Ready):
            raise PaymentRefused(sentence("the seller's account cannot receive money"))

    def reverse(self, reversal: Reversal) -> None:
        with self.provider.at_work():
            transfer = self.provider.transfers.get(reversal.transfer_id)
            if transfer is None:
                raise PaymentRefused(sentence("there is no such transfer"))
            done = self.provider.reversals.setdefault(reversal.transfer_id, [])
            if reversal in done:
                return
            if any(other.part == reversal.part for other in done):
                raise PaymentRefused(
                    sentence("another reversal was made for this part of this transfer")
                )
            amounts = (earlier.amount for earlier in (*done, reversal))
            if Money.total(amounts, reversal.amount.currency) > transfer.amount:
                raise PaymentRefused(sentence("more than was transferred"))
            self.provider.take(transfer.account_id, reversal.amount)
            self.provider.put(PLATFORM, reversal.amount)
            done.append(reversal)

    def refund(self, refund: Refund) -> RefundId:
        refund_id = RefundId(f"re_{refund.order_id}_{refund.part}")
        with self.provider.at_work():
            before = self.provider.refunds.get(refund_id)
            if before is None:
                self.provider.give_back(refund_id, refund)
            elif evolve(before, seller_pays=refund.seller_pays) != refund:
                raise PaymentRefused(
                    sentence("another refund was made for this part of this order")
                )
            return refund_id

    def recent(self, since: datetime) -> Iterator[Payment]:
        with self.provider.at_work():
            now = self.provider.clock()
            opened = [
                session.seen_at(now)
                for session in self.provider.sessions.values()
                if session.opened_at >= since
            ]
        yield from (session.payment() for session in reversed(opened))
