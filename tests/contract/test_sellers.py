from collections.abc import Callable

import pytest

from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.mongo.sellers import RECORDS, MongoSellers
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.testing.contracts.sellers import SellersContract
from tests.servers.mongo import MongoServer, mock_database


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


class TestMongomockSellers(SellersContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoSellers]:
        """Each in the memory of a client of its own."""
        return lambda: MongoSellers(mock_database(RECORDS))


class TestMongoSellers(SellersContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoSellers]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoSellers(mongo_server.new_database(RECORDS))
