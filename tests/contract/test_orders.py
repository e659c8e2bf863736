from collections.abc import Callable

import pytest

from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.testing.contracts.orders import OrdersContract


class TestMemoryOrders(OrdersContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryOrders]:
        """Each in its own memory."""
        return MemoryOrders


class TestSqliteOrders(OrdersContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteOrders]:
        """Each in its own file."""
        return lambda: SqliteOrders(new_database())
