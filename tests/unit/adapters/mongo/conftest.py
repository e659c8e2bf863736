import pytest

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.schema import KEPT
from tests.servers.mongo import MongoServer, mock_database


@pytest.fixture
def database() -> Database:
    """A database in memory, with the indexes of every collection."""
    return mock_database(*KEPT)


@pytest.fixture
def live(mongo_server: MongoServer) -> Database:
    """A prepared database of a live server."""
    return mongo_server.new_database(*KEPT)
