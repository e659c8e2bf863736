from collections.abc import Callable

import pytest

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.automations import AutomationsContract


class TestMemoryAutomations(AutomationsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryAutomations]:
        """Each in its own memory."""
        return MemoryAutomations


class TestSqliteAutomations(AutomationsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteAutomations]:
        """Each in its own file."""
        return lambda: SqliteAutomations(new_database())
