from collections.abc import Callable

import pytest

from koda.adapters.memory.clock import FixedClock
from koda.adapters.system.clock import now
from koda.ports.clock import Clock
from koda.testing.contracts.clock import ClockContract
from koda.testing.examples import NOON


class TestSystemClock(ClockContract):
    @pytest.fixture
    def make(self) -> Callable[[], Clock]:
        """The machine's clock."""
        return lambda: now


class TestFixedClock(ClockContract):
    @pytest.fixture
    def make(self) -> Callable[[], Clock]:
        """A clock that stands still."""
        return lambda: FixedClock(NOON)
