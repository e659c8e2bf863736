from collections.abc import Callable

import pytest

from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.mongo.purchases import RECORDS, MongoPurchases
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.testing.contracts.purchases import PurchasesContract
from tests.servers.mongo import MongoServer, mock_database


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


class TestMongomockPurchases(PurchasesContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoPurchases]:
        """Each in the memory of a client of its own."""
        return lambda: MongoPurchases(mock_database(RECORDS))


class TestMongoPurchases(PurchasesContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoPurchases]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoPurchases(mongo_server.new_database(RECORDS))
