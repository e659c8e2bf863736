from koda.adapters.memory.grants import MemoryGrants
from koda.adapters.mongo.grants import RECORDS, MongoGrants
from koda.adapters.sqlite.grants import SqliteGrants
from koda.testing.contracts.grants import GrantsContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryGrants(InMemory, GrantsContract):
    adapter = MemoryGrants


class TestSqliteGrants(InSqlite, GrantsContract):
    adapter = SqliteGrants


class TestMongomockGrants(InMongomock, GrantsContract):
    adapter = MongoGrants
    records = (RECORDS,)


class TestMongoGrants(InMongo, GrantsContract):
    adapter = MongoGrants
    records = (RECORDS,)
