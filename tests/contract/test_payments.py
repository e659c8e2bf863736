from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import count

import pytest
from attrs import field, frozen

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.provider import PLATFORM, MemoryProvider
from koda.adapters.memory.provider_records import CAPTURE
from koda.domain.model.disputes import DisputeState
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    PaymentId,
    RefundId,
    TransferId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.refund_states import RefundState
from koda.ports.payments import Payments
from koda.testing.contracts.payments import PaymentsContract
from koda.testing.contracts.payments_case import PaymentsWorld
from koda.testing.examples import NOON
from paysandbox import Sandbox
from tests.contract.stripe_world import StripeWorld, payments_of


@frozen
class MemoryWorld:
    """Buyers, sellers and the provider, by the hooks of the provider in memory."""

    provider: MemoryProvider
    currency: str = "EUR"
    _numbers: Iterator[int] = field(factory=count, init=False)

    def now(self) -> datetime:
        """The provider's own time."""
        return self.provider.clock()

    def seller(self) -> AccountId:
        """An account whose owner has given everything."""
        return self.provider.ready_account(UserId(f"user_{next(self._numbers)}"))

    def newcomer(self) -> AccountId:
        """An account that owes everything yet."""
        return self.provider.open_account(UserId(f"user_{next(self._numbers)}"))

    def complete_onboarding(self, account_id: AccountId) -> None:
        """Its owner gives everything."""
        self.provider.complete_onboarding(account_id)

    def pay(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is accepted."""
        self.provider.pay(session_id)

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is refused."""
        self.provider.decline(session_id)

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer chooses a debit."""
        self.provider.pay_later(session_id)

    def pay_by_voucher(self, session_id: CheckoutSessionId) -> None:
        """The buyer leaves with a voucher."""
        self.provider.pay_by_voucher(session_id)

    def capture(self, session_id: CheckoutSessionId) -> None:
        """Time passes."""
        assert isinstance(self.provider.clock, FixedClock)
        self.provider.clock.advance(CAPTURE)
        assert self.provider.session(session_id).captured_at(self.now())

    def next_refund(self, state: RefundState, *, lacks_funds: bool = False) -> None:
        """The next one goes so."""
        self.provider.next_refund, self.provider.lacks_funds = state, lacks_funds

    def settle_refund(self, refund_id: RefundId, state: RefundState) -> None:
        """It ends."""
        self.provider.settle_refund(refund_id, state)

    def refund(self, session_id: CheckoutSessionId, minor: int) -> RefundId:
        """Somebody refunds by hand."""
        return self.provider.refund(session_id, Money(minor, self.currency))

    def dispute(
        self, session_id: CheckoutSessionId, minor: int | None = None, *, inquiry: bool = False
    ) -> DisputeId:
        """The bank asks, or takes."""
        amount = None if minor is None else Money(minor, self.currency)
        state = DisputeState.INQUIRY if inquiry else DisputeState.OPEN
        return self.provider.dispute(session_id, amount, state)

    def close_dispute(self, dispute_id: DisputeId, *, won: bool) -> None:
        """The bank decides."""
        inquiry = self.provider.disputes[dispute_id].seen.state is DisputeState.INQUIRY
        decided = DisputeState.WON if won else DisputeState.LOST
        self.provider.move_dispute(dispute_id, DisputeState.PREVENTED if inquiry else decided)

    def escalate(self, dispute_id: DisputeId) -> None:
        """The bank takes."""
        self.provider.move_dispute(dispute_id, DisputeState.OPEN)

    def appeal(self, dispute_id: DisputeId) -> None:
        """The card network is asked."""
        self.provider.move_dispute(dispute_id, DisputeState.APPEALED)

    def warn_of_fraud(self, session_id: CheckoutSessionId) -> FraudWarningId:
        """The issuer fears."""
        return self.provider.warn_of_fraud(session_id)

    def evidence_of(self, dispute_id: DisputeId) -> tuple[str, ...]:
        """What the provider keeps."""
        told = self.provider.disputes[dispute_id].evidence
        return () if told is None else (told.payment, told.product, told.access)

    def transfer_again(self, transfer_id: TransferId) -> TransferId:
        """Nobody noticed the first."""
        return self.provider.transfer_again(transfer_id)

    def reverse_by_hand(self, transfer_id: TransferId, minor: int) -> str:
        """It has no name."""
        return self.provider.reverse(transfer_id, Money(minor, self.currency)).id

    def return_fee_by_hand(self, payment_id: PaymentId, minor: int) -> str:
        """It has no name."""
        return self.provider.return_fee(payment_id, Money(minor, self.currency)).id

    def settle(self, session_id: CheckoutSessionId, *, succeed: bool) -> None:
        """The debit is collected or bounces."""
        self.provider.settle(session_id, succeed=succeed)

    def expire(self, session_id: CheckoutSessionId) -> None:
        """Nobody paid in time."""
        self.provider.expire(session_id)

    def stranger(self) -> CheckoutSessionId:
        """A session that something else opened."""
        return CheckoutSessionId("cs_stranger")

    def balance(self, account_id: AccountId | None) -> int:
        """What the ledger says."""
        return self.provider.balance(account_id or PLATFORM)

    def pay_out(self, account_id: AccountId | None) -> None:
        """The account is emptied."""
        self.provider.pay_out(account_id or PLATFORM)

    def days_pass(self) -> None:
        """Refusals are forgotten; all else is kept."""
        self.provider.refusals.clear()

    def outage(self) -> AbstractContextManager[None]:
        """Every connection is closed without a byte."""
        return self.provider.outage()

    def lose_answer(self) -> None:
        """The connection breaks after the deed."""
        self.provider.lose_answers()


class TestMemoryPayments(PaymentsContract):
    @pytest.fixture
    def make(self) -> tuple[Payments, PaymentsWorld]:
        """The adapter in memory."""
        provider = MemoryProvider(FixedClock(NOON))
        return MemoryPayments(provider), MemoryWorld(provider)


class TestStripePayments(PaymentsContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> Iterator[tuple[Payments, PaymentsWorld]]:
        """The adapter for Stripe, at the sandbox."""
        yield payments_of(sandbox), StripeWorld(sandbox)
        sandbox.faults.clear()
        sandbox.assert_balanced()
