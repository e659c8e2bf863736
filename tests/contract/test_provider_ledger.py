from collections.abc import Iterator
from datetime import timedelta

import pytest

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_ledger import MemoryLedger
from koda.adapters.stripe.provider_ledger import StripeLedger
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.unreadable import readable
from koda.ports.payments import Payments
from koda.ports.provider_ledger import ProviderLedger
from koda.testing.contracts.payments_case import PaymentsWorld
from koda.testing.contracts.provider_ledger import CHARGE_FEE, DISPUTE_FEE, ProviderLedgerContract
from koda.testing.examples import NOON
from paysandbox import Sandbox
from tests.contract.stripe_world import StripeWorld, client_of, payments_of
from tests.contract.test_payments import MemoryWorld
from tests.support.sandboxes import late_sandbox

Made = tuple[Payments, ProviderLedger, PaymentsWorld]


class TestMemoryLedger(ProviderLedgerContract):
    @pytest.fixture
    def make(self) -> Made:
        """The adapter in memory."""
        provider = MemoryProvider(FixedClock(NOON))
        provider.ledger.charge_fee, provider.ledger.dispute_fee = CHARGE_FEE, DISPUTE_FEE
        return MemoryPayments(provider), MemoryLedger(provider), MemoryWorld(provider)


@pytest.fixture(scope="module")
def costly() -> Iterator[Sandbox]:
    """A sandbox in which the provider takes its fees."""
    with late_sandbox(fee_basis_points=CHARGE_FEE, dispute_fee=DISPUTE_FEE) as sandbox:
        sandbox.top_up(1_000_000)
        yield sandbox


class TestStripeLedger(ProviderLedgerContract):
    @pytest.fixture
    def make(self, costly: Sandbox) -> Iterator[Made]:
        """The adapter for Stripe, at the sandbox."""
        costly.top_up(10_000)
        yield payments_of(costly), StripeLedger(client_of(costly)), StripeWorld(costly)
        costly.faults.clear()
        costly.assert_balanced()

    def test_charge_of_another_system_is_of_no_order(self, costly: Sandbox) -> None:
        """Nor is a dispute of it; what neither changes is left to whoever made it."""
        world = StripeWorld(costly)
        session_id = world.stranger()
        world.pay(session_id)
        world.capture(session_id)
        world.dispute(session_id)
        day = timedelta(days=1)
        period = Period(world.now() - day, world.now() + day)
        dispute, charge, *_ = readable(StripeLedger(client_of(costly)).lines(period))

        assert [dispute.kind, charge.kind] == [LedgerKind.DISPUTE, LedgerKind.CHARGE]
        assert (dispute.order_id, charge.order_id) == (None, None)


def test_everything_is_read_however_many_pages_it_takes(costly: Sandbox) -> None:
    """A page holds a hundred."""
    for _ in range(101):
        costly.top_up(1)
    world = StripeWorld(costly)
    day = timedelta(days=1)
    told = StripeLedger(client_of(costly)).lines(Period(world.now() - day, world.now() + day))
    lines = list(readable(told))

    assert len(lines) > 101
    assert len({line.id for line in lines}) == len(lines)
