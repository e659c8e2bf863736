from collections.abc import Callable

import pytest

from koda.adapters.memory.message_health import MemoryMessageHealth
from koda.adapters.mongo.message_health import RECORDS, MongoMessageHealth
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.message_health import SqliteMessageHealth
from koda.testing.contracts.message_health import MessageHealthContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryMessageHealth(MessageHealthContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryMessageHealth]:
        """Each in its own memory."""
        return MemoryMessageHealth


class TestSqliteMessageHealth(MessageHealthContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteMessageHealth]:
        """Each in its own file."""
        return lambda: SqliteMessageHealth(new_database())


class TestMongomockMessageHealth(MessageHealthContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoMessageHealth]:
        """Each in the memory of a client of its own."""
        return lambda: MongoMessageHealth(mock_database(RECORDS))


class TestMongoMessageHealth(MessageHealthContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoMessageHealth]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoMessageHealth(mongo_server.new_database(RECORDS))
