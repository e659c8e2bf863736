"""Payments at the provider in memory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from attrs import evolve, frozen

from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_records import KeptRefund, Session
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import AccountRefused, NotFound, PaymentRefused
from koda.domain.model.evidence import Evidence
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
    ReversalId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import (
    Refund,
    Reversal,
    ReversalMade,
    Transfer,
    TransferMade,
    TransferSeen,
    Undone,
    by_name,
)
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.periods import Period
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sellers import Ready
from koda.domain.model.sentences import sentence
from koda.ports.payments import Payments

_T = TypeVar("_T")
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
            return self.provider.payment(self.provider.session(session_id))

    def find(self, session_id: CheckoutSessionId) -> Payment:
        with self.provider.at_work():
            return self.provider.payment(self.provider.session(session_id))

    def order_of(self, payment_id: PaymentId) -> OrderId:
        with self.provider.at_work():
            for session in self.provider.sessions.values():
                if session.payment_id == payment_id:
                    return session.order.id
            raise NotFound("payment", payment_id)

    def order_sold(self, session_id: CheckoutSessionId) -> Order:
        with self.provider.at_work():
            session = self.provider.session(session_id)
            return evolve(session.order, requests=(), revision=0).offered(session.checkout)

    def pass_on(self, transfers: Sequence[Transfer]) -> tuple[TransferMade | PaymentRefused, ...]:
        if not transfers:
            return ()
        with self.provider.at_work():
            return tuple(map(self._pass_on, transfers))

    def passed_on(self, order_id: OrderId) -> Sequence[TransferSeen]:
        with self.provider.at_work():
            return self._passed_on(order_id)

    def _passed_on(self, order_id: OrderId) -> Sequence[TransferSeen]:
        return tuple(
            self._seen(transfer_id, made)
            for transfer_id, made in self.provider.transfers.items()
            if made.order_id == order_id
        )

    def transferred(self, period: Period) -> Iterator[TransferSeen]:
        with self.provider.at_work():
            made = [
                self._seen(transfer_id, transfer)
                for transfer_id, transfer in reversed(self.provider.transfers.items())
            ]
        yield from (seen for seen in made if period.since <= seen.made_at < period.until)

    def _seen(self, transfer_id: TransferId, transfer: Transfer) -> TransferSeen:
        amount = transfer.amount
        left = Money(amount.minor - self.provider.reversed_of(transfer_id), amount.currency)
        return TransferSeen(
            transfer_id,
            transfer.name,
            transfer.order_id,
            amount,
            left,
            self.provider.transferred_at[transfer_id],
            tuple(self.provider.reversals.get(transfer_id, ())),
        )

    def _pass_on(self, transfer: Transfer) -> TransferMade | PaymentRefused:
        seen = by_name(self._passed_on(transfer.order_id)).get(transfer.name)
        if seen is not None:
            return seen.made
        transfer_id = TransferId(transfer.name.replace("koda:transfer", "tr").replace(":", "_"))
        try:
            return self._repeating(transfer.key, partial(self._transfer, transfer_id, transfer))
        except PaymentRefused as refusal:
            return refusal

    def _repeating(self, key: str, move: Callable[[], _T]) -> _T:
        """Move money, and refuse what was refused under the same key before."""
        if key in self.provider.refusals:
            raise self.provider.refusals[key]
        try:
            return move()
        except PaymentRefused as refusal:
            self.provider.refusals[key] = refusal
            raise

    def _transfer(self, transfer_id: TransferId, transfer: Transfer) -> TransferMade:
        if transfer.amount > self._left_to_transfer(transfer):
            raise PaymentRefused(sentence("more than is left of the payment"))
        self._check_receives(transfer.account_id)
        self.provider.note_transfer(transfer_id, transfer)
        return TransferMade(transfer_id, transfer.amount)

    def _left_to_transfer(self, transfer: Transfer) -> Money:
        session = self.provider.paid(transfer.payment_id)
        left = self.provider.payment(session).kept
        if session.destination is not None:
            if not transfer.from_balance:
                raise PaymentRefused(sentence("the charge paid its seller itself"))
            back = self.provider.reversed_of(session.transfer_id)
            back += self._came_back(transfer.payment_id)
            left = Money(back, left.currency)
        passed = 0
        for transfer_id, other in self.provider.transfers.items():
            if other.payment_id == transfer.payment_id:
                passed += other.amount.minor
                passed -= self.provider.reversed_of(transfer_id) if transfer.from_balance else 0
        return Money(max(left.minor - passed, 0), left.currency)

    def _came_back(self, payment_id: PaymentId) -> int:
        """What came back from the seller by refunds that did not arrive, in minor units."""
        return sum(
            kept.request.amount.minor
            for kept in self.provider.refunds.values()
            if kept.request.payment_id == payment_id and kept.reverses and kept.seen.undone
        )

    def _check_receives(self, account_id: AccountId) -> None:
        account = self.provider.accounts.get(account_id)
        if account is None or not isinstance(account.status, Ready):
            raise AccountRefused

    def reverse(self, reversal: Reversal) -> ReversalMade:
        with self.provider.at_work():
            for made in self.provider.reversals.get(reversal.transfer_id, ()):
                if made.name == reversal.name:
                    return _reversal_made(made)
            reverse = partial(self.provider.reverse, reversal.transfer_id, reversal.amount)
            made = self._repeating(reversal.key, partial(reverse, reversal.name))
            return _reversal_made(made)

    def refund(self, refund: Refund) -> ChargeRefund:
        with self.provider.at_work():
            made = self._made_for(refund)
            if made is None:
                give_back = partial(self.provider.give_back, refund, self.provider.clock())
                made = self._repeating(refund.key, give_back)
            if made.state is RefundState.SUCCEEDED:
                self.provider.return_fee_of(evolve(made.request, fee=refund.fee))
            return made.seen

    def _made_for(self, refund: Refund) -> KeptRefund | None:
        for kept in self.provider.refunds.values():
            known = not kept.seen.undone or kept.request.key == refund.key
            if known and kept.request.name == refund.name:
                if kept.request.amount != refund.amount:
                    raise PaymentRefused(
                        sentence("another refund was made for this part of this order")
                    )
                return kept
        return None

    def submit_evidence(self, dispute_id: DisputeId, evidence: Evidence) -> None:
        with self.provider.at_work():
            self.provider.take_evidence(dispute_id, evidence)

    def fraud_warning(self, warning_id: FraudWarningId) -> FraudWarning:
        with self.provider.at_work():
            if warning_id not in self.provider.warnings:
                raise NotFound("fraud warning", warning_id)
            return self.provider.warnings[warning_id]

    def fraud_warnings(self, period: Period) -> Iterator[FraudWarning]:
        with self.provider.at_work():
            given = tuple(self.provider.warnings.values())
        yield from (
            warning
            for warning in reversed(given)
            if period.since <= warning.warned_at < period.until
        )

    def opened(self, period: Period) -> Iterator[Payment]:
        with self.provider.at_work():
            now = self.provider.clock()
            opened = [
                session.seen_at(now)
                for session in self.provider.sessions.values()
                if period.since <= session.opened_at < period.until
            ]
            payments = [self.provider.payment(session) for session in reversed(opened)]
        yield from payments


def _reversal_made(made: Undone) -> ReversalMade:
    return ReversalMade(ReversalId(made.id), made.amount)
