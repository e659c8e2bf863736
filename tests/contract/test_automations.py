from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.mongo import index_records
from koda.adapters.mongo.automations import RECORDS, MongoAutomations
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.testing.contracts.automations import AutomationsContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryAutomations(InMemory, AutomationsContract):
    adapter = MemoryAutomations


class TestSqliteAutomations(InSqlite, AutomationsContract):
    adapter = SqliteAutomations


class TestMongomockAutomations(InMongomock, AutomationsContract):
    adapter = MongoAutomations
    records = (RECORDS, index_records.LABELS)


class TestMongoAutomations(InMongo, AutomationsContract):
    adapter = MongoAutomations
    records = (RECORDS, index_records.LABELS)
