from collections.abc import Callable

import pytest

from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.testing.contracts.sellers import SellersContract


class TestMemorySellers(SellersContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemorySellers]:
        """Each in its own memory."""
        return MemorySellers


class TestSqliteSellers(SellersContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteSellers]:
        """Each in its own file."""
        return lambda: SqliteSellers(new_database())
