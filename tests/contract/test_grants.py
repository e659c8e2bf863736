from collections.abc import Callable

import pytest

from koda.adapters.memory.grants import MemoryGrants
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.grants import SqliteGrants
from koda.testing.contracts.grants import GrantsContract


class TestMemoryGrants(GrantsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryGrants]:
        """Each in its own memory."""
        return MemoryGrants


class TestSqliteGrants(GrantsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteGrants]:
        """Each in its own file."""
        return lambda: SqliteGrants(new_database())
