from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from attrs import frozen

from koda.adapters.memory.payout_accounts import MemoryPayoutAccounts
from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.identifiers import AccountId
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.ports.payout_accounts import PayoutAccounts
from koda.testing.contracts.payout_accounts import PayoutAccountsContract, PayoutAccountsWorld
from koda.testing.examples import NOON
from paysandbox import Sandbox
from tests.contract.stripe_world import StripeWorld, accounts_of


@frozen
class MemoryWorld:
    """Sellers and the provider, by the hooks of the provider in memory."""

    provider: MemoryProvider

    def complete_onboarding(self, account_id: AccountId) -> None:
        """The owner fills in the hosted form."""
        self.provider.complete_onboarding(account_id)

    def announce(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider names what it will want."""
        self.provider.announce(account_id, deadline, "a passport")

    def restrict(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider wants overdue details."""
        held_back = Restricted(
            sentence("required details are overdue"), (sentence("a passport"),), deadline
        )
        self.provider.restrict(account_id, held_back)

    def outage(self) -> AbstractContextManager[None]:
        """Every connection is closed without a byte."""
        return self.provider.outage()

    def lose_answer(self) -> None:
        """The connection breaks after the deed."""
        self.provider.lose_answers()


class TestMemoryPayoutAccounts(PayoutAccountsContract):
    @pytest.fixture
    def make(self) -> tuple[PayoutAccounts, PayoutAccountsWorld]:
        """The adapter in memory."""
        provider = MemoryProvider(lambda: NOON)
        return MemoryPayoutAccounts(provider), MemoryWorld(provider)


class TestStripePayoutAccounts(PayoutAccountsContract):
    @pytest.fixture
    def make(self, sandbox: Sandbox) -> Iterator[tuple[PayoutAccounts, PayoutAccountsWorld]]:
        """The adapter for Stripe, at the sandbox."""
        yield accounts_of(sandbox), StripeWorld(sandbox)
        sandbox.faults.clear()
