import pytest

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.schema import KEPT
from tests.servers.mongo import mock_database


@pytest.fixture
def database() -> Database:
    """A database in memory, with the indexes of every collection."""
    return mock_database(*KEPT)
