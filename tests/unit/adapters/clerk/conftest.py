"""A sandbox for the Clerk adapters."""

from collections.abc import Iterator

import pytest

from paysandbox import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """A Clerk."""
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The same, with an empty log of requests and no trouble planned."""
    running.forget_requests()
    yield running
    running.faults.clear()
