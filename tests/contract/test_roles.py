from koda.adapters.memory.roles import MemoryRoles
from koda.adapters.mongo.roles import RECORDS, MongoRoles
from koda.adapters.sqlite.roles import SqliteRoles
from koda.testing.contracts.roles import RolesContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryRoles(InMemory, RolesContract):
    adapter = MemoryRoles


class TestSqliteRoles(InSqlite, RolesContract):
    adapter = SqliteRoles


class TestMongomockRoles(InMongomock, RolesContract):
    adapter = MongoRoles
    records = (RECORDS,)


class TestMongoRoles(InMongo, RolesContract):
    adapter = MongoRoles
    records = (RECORDS,)
