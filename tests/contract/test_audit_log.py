from koda.adapters.memory.audit_log import MemoryAuditLog
from koda.adapters.mongo.audit_log import RECORDS, MongoAuditLog
from koda.adapters.sqlite.audit_log import SqliteAuditLog
from koda.testing.contracts.audit_log import AuditLogContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryAuditLog(InMemory, AuditLogContract):
    adapter = MemoryAuditLog


class TestSqliteAuditLog(InSqlite, AuditLogContract):
    adapter = SqliteAuditLog


class TestMongomockAuditLog(InMongomock, AuditLogContract):
    adapter = MongoAuditLog
    records = (RECORDS,)


class TestMongoAuditLog(InMongo, AuditLogContract):
    adapter = MongoAuditLog
    records = (RECORDS,)
