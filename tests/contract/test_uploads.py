from collections.abc import Callable

import pytest

from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.testing.contracts.uploads import UploadsContract


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
