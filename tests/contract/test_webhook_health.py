from collections.abc import Callable

import pytest

from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.adapters.mongo.webhook_health import RECORDS, MongoWebhookHealth
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth
from koda.testing.contracts.webhook_health import WebhookHealthContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryWebhookHealth(WebhookHealthContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryWebhookHealth]:
        """Each in its own memory."""
        return MemoryWebhookHealth


class TestSqliteWebhookHealth(WebhookHealthContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqliteWebhookHealth]:
        """Each in its own file."""
        return lambda: SqliteWebhookHealth(new_database())


class TestMongomockWebhookHealth(WebhookHealthContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoWebhookHealth]:
        """Each in the memory of a client of its own."""
        return lambda: MongoWebhookHealth(mock_database(RECORDS))


class TestMongoWebhookHealth(WebhookHealthContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoWebhookHealth]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoWebhookHealth(mongo_server.new_database(RECORDS))
