"""A sandbox for the Stripe adapters, and what the checks of `Payments` are made of."""

from collections.abc import Iterator

import pytest

from koda.testing.contracts.payments_case import PaymentsCase
from paysandbox import Sandbox
from tests.contract.stripe_world import StripeWorld, payments_of
from tests.support.sandboxes import late_sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """A Stripe that refuses whatever the Stripe library's types refuse."""
    with late_sandbox() as sandbox:
        # What the marketplace refunds at its own cost is paid from money of its own.
        sandbox.top_up(1_000_000)
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The same, with an empty log of requests and no trouble planned."""
    running.forget_requests()
    yield running
    running.faults.clear()
    running.assert_balanced()


@pytest.fixture
def case(sandbox: Sandbox) -> PaymentsCase:
    """The adapter of `Payments` and the world around it."""
    return PaymentsCase(payments_of(sandbox), StripeWorld(sandbox))
