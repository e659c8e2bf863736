from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.redis.catalogue_cache import RedisCatalogueCache
from koda.adapters.redis.server import RedisServer
from koda.adapters.sqlite.catalogue_cache import SqliteCatalogueCache
from koda.adapters.sqlite.database import Database
from koda.ports.catalogue_cache import CatalogueCache
from koda.testing.contracts.catalogue_cache import CatalogueCacheContract, MakeCache

LIFETIME = timedelta(minutes=5)


class TestMemoryCatalogueCache(CatalogueCacheContract):
    @pytest.fixture
    def make(self) -> MakeCache:
        """A cache of one process."""
        return lambda room: MemoryCatalogueCache(LIFETIME, room=room)


class TestSqliteCatalogueCache(CatalogueCacheContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> MakeCache:
        """A cache of the processes that share a file."""
        numbers = count()

        def make(room: int) -> CatalogueCache:
            database = Database(tmp_path / f"koda-{next(numbers)}.sqlite3")
            return SqliteCatalogueCache(database, MemoryCatalogueCache(LIFETIME, room=room))

        return make


class TestRedisCatalogueCache(CatalogueCacheContract):
    @pytest.fixture
    def make(self, redis_server: RedisServer) -> MakeCache:
        """A cache of the processes that share a Redis."""
        return lambda room: RedisCatalogueCache(
            redis_server, LIFETIME, room=room, prefix=f"test-{uuid4()}"
        )
