from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import count

import pytest
from attrs import field, frozen

from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.provider import PLATFORM, MemoryProvider
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, UserId
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

    def pay(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is accepted."""
        self.provider.pay(session_id)

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is refused."""
        self.provider.decline(session_id)

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer chooses a debit."""
        self.provider.pay_later(session_id)

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

    def pay_out(self, account_id: AccountId) -> None:
        """The account is emptied."""
        self.provider.pay_out(account_id)

    def days_pass(self) -> None:
        """Memory keeps everything."""

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
        provider = MemoryProvider(lambda: NOON)
        return MemoryPayments(provider), MemoryWorld(provider)


class TestStripePayments(PaymentsContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> Iterator[tuple[Payments, PaymentsWorld]]:
        """The adapter for Stripe, at the sandbox."""
        yield payments_of(sandbox), StripeWorld(sandbox)
        sandbox.faults.clear()
        sandbox.assert_balanced()
