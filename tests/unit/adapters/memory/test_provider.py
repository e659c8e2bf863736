import pytest

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.errors import PaymentRefused
from koda.testing.contracts.payments_case import PaymentsCase
from koda.testing.examples import NOON
from tests.contract.test_payments import MemoryWorld


@pytest.fixture
def case() -> PaymentsCase:
    """A provider in memory, and who comes to it."""
    provider = MemoryProvider(FixedClock(NOON))
    return PaymentsCase(MemoryPayments(provider), MemoryWorld(provider))


def test_fee_is_given_back_at_most_once(case: PaymentsCase) -> None:
    """In parts, as at Stripe."""
    payment_id, world = case.paid(("ada", 1250)).payment_id, case.world
    world.return_fee_by_hand(payment_id, 100)

    with pytest.raises(PaymentRefused):
        world.return_fee_by_hand(payment_id, 89)
    assert world.return_fee_by_hand(payment_id, 88)


def test_charge_of_several_sellers_has_no_fee(case: PaymentsCase) -> None:
    """There is nothing of it to give back."""
    paid = case.paid(("ada", 1250), ("cid", 333))

    with pytest.raises(PaymentRefused):
        case.world.return_fee_by_hand(paid.payment_id, 1)
