import pytest

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.schema import KEPT
from tests.servers.mongo import MongoServer


@pytest.fixture
def live(mongo_server: MongoServer) -> Database:
    """A prepared database of a live server."""
    return mongo_server.new_database(*KEPT)
