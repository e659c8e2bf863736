from collections.abc import Callable

import pytest

from koda.adapters.memory.events import MemoryEvents
from koda.adapters.mongo.events import RECORDS, MongoEvents
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.events import SqliteEvents
from koda.testing.contracts.events import EventsContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryEvents(EventsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryEvents]:
        """Each in its own memory."""
        return MemoryEvents


class TestSqliteEvents(EventsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteEvents]:
        """Each in its own file."""
        return lambda: SqliteEvents(new_database())


class TestMongomockEvents(EventsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoEvents]:
        """Each in the memory of a client of its own."""
        return lambda: MongoEvents(mock_database(RECORDS))


class TestMongoEvents(EventsContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoEvents]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoEvents(mongo_server.new_database(RECORDS))
