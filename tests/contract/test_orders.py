from collections.abc import Callable

import pytest

from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.mongo.orders import RECORDS, MongoOrders
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.testing.contracts.orders import OrdersContract
from tests.servers.mongo import MongoServer, mock_database


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


class TestMongomockOrders(OrdersContract):
    # mongomock compares arrays as a whole: it keeps no index over their parts, as servers do.
    test_an_order_answers_several_request_keys = None  # type: ignore[assignment]

    @pytest.fixture
    def make(self) -> Callable[[], MongoOrders]:
        """Each in the memory of a client of its own."""
        return lambda: MongoOrders(mock_database(RECORDS))


class TestMongoOrders(OrdersContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoOrders]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoOrders(mongo_server.new_database(RECORDS))
