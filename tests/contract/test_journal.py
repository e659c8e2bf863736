from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.mongo.journal import RECORDS, MongoJournal
from koda.adapters.mongo.journal_days import RECORDS as DAYS
from koda.adapters.sqlite.journal import SqliteJournal
from koda.testing.contracts.journal import JournalContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryJournal(InMemory, JournalContract):
    adapter = MemoryJournal


class TestSqliteJournal(InSqlite, JournalContract):
    adapter = SqliteJournal


class TestMongomockJournal(InMongomock, JournalContract):
    adapter = MongoJournal
    records = (RECORDS, DAYS)


class TestMongoJournal(InMongo, JournalContract):
    adapter = MongoJournal
    records = (RECORDS, DAYS)
