from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.adapters.mongo.webhook_health import RECORDS, MongoWebhookHealth
from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth
from koda.testing.contracts.webhook_health import WebhookHealthContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryWebhookHealth(InMemory, WebhookHealthContract):
    adapter = MemoryWebhookHealth


class TestSqliteWebhookHealth(InSqlite, WebhookHealthContract):
    adapter = SqliteWebhookHealth


class TestMongomockWebhookHealth(InMongomock, WebhookHealthContract):
    adapter = MongoWebhookHealth
    records = (RECORDS,)


class TestMongoWebhookHealth(InMongo, WebhookHealthContract):
    adapter = MongoWebhookHealth
    records = (RECORDS,)
