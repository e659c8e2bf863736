from collections.abc import Callable

import pytest

from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.testing.contracts.purchases import PurchasesContract


class TestMemoryPurchases(PurchasesContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryPurchases]:
        """Each in its own memory."""
        return MemoryPurchases


class TestSqlitePurchases(PurchasesContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqlitePurchases]:
        """Each in its own file."""
        return lambda: SqlitePurchases(new_database())
