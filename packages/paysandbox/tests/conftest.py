"""A sandbox for each test, and the real Stripe library speaking to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from paysandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A strict sandbox in memory, with quick retries, which captures at once."""
    with Sandbox.start(strict=True, retry_delays=(0.02, 0.02, 0.02), capture_delay=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """A client without retries."""
    return connect(sandbox)


@pytest.fixture
def seller(sandbox: Sandbox, client: stripe.StripeClient) -> str:
    """The id of an account that can receive money."""
    return open_seller(sandbox, client)


@pytest.fixture
def checkout(client: stripe.StripeClient) -> Callable[..., stripe.checkout.Session]:
    """Opens a session of lines at the given prices in cents of euro."""

    def open_session(*prices: int, **more: Any) -> stripe.checkout.Session:
        return client.v1.checkout.sessions.create(session_of(*prices, **more))

    return open_session
