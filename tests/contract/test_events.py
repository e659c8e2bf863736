from collections.abc import Callable

import pytest

from koda.adapters.memory.events import MemoryEvents
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.events import SqliteEvents
from koda.testing.contracts.events import EventsContract


class TestMemoryEvents(EventsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryEvents]:
        """Each in its own memory."""
        return MemoryEvents


class TestSqliteEvents(EventsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteEvents]:
        """Each in its own file."""
        return lambda: SqliteEvents(new_database())
