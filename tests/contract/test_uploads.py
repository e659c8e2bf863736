from collections.abc import Callable

import pytest

from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.mongo.uploads import RECORDS, MongoUploads
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.testing.contracts.uploads import UploadsContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryUploads(UploadsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryUploads]:
        """Each in its own memory."""
        return MemoryUploads


class TestSqliteUploads(UploadsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteUploads]:
        """Each in its own file."""
        return lambda: SqliteUploads(new_database())


class TestMongomockUploads(UploadsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoUploads]:
        """Each in the memory of a client of its own."""
        return lambda: MongoUploads(mock_database(RECORDS))


class TestMongoUploads(UploadsContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoUploads]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoUploads(mongo_server.new_database(RECORDS))
