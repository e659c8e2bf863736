from collections.abc import Callable

import pytest

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.mongo.people import RECORDS, MongoPeople
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.people import SqlitePeople
from koda.testing.contracts.people import PeopleContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryPeople(PeopleContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryPeople]:
        """Each in its own memory."""
        return MemoryPeople


class TestSqlitePeople(PeopleContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqlitePeople]:
        """Each in its own file."""
        return lambda: SqlitePeople(new_database())


class TestMongomockPeople(PeopleContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoPeople]:
        """Each in the memory of a client of its own."""
        return lambda: MongoPeople(mock_database(RECORDS))


class TestMongoPeople(PeopleContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoPeople]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoPeople(mongo_server.new_database(RECORDS))
