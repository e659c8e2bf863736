from collections.abc import Callable

import pytest

from koda.adapters.memory.grants import MemoryGrants
from koda.adapters.mongo.grants import RECORDS, MongoGrants
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.grants import SqliteGrants
from koda.testing.contracts.grants import GrantsContract
from tests.servers.mongo import MongoServer, mock_database


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


class TestMongomockGrants(GrantsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoGrants]:
        """Each in the memory of a client of its own."""
        return lambda: MongoGrants(mock_database(RECORDS))


class TestMongoGrants(GrantsContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoGrants]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoGrants(mongo_server.new_database(RECORDS))
