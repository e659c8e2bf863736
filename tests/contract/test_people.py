from collections.abc import Callable

import pytest

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.people import SqlitePeople
from koda.testing.contracts.people import PeopleContract


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
