from collections.abc import Callable

import pytest

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.mongo.automations import RECORDS, MongoAutomations
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.automations import AutomationsContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryAutomations(AutomationsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryAutomations]:
        """Each in its own memory."""
        return MemoryAutomations


class TestSqliteAutomations(AutomationsContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteAutomations]:
        """Each in its own file."""
        return lambda: SqliteAutomations(new_database())


class TestMongomockAutomations(AutomationsContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoAutomations]:
        """Each in the memory of a client of its own."""
        return lambda: MongoAutomations(mock_database(RECORDS))


class TestMongoAutomations(AutomationsContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoAutomations]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoAutomations(mongo_server.new_database(RECORDS))
