from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.mongo.uploads import RECORDS, MongoUploads
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.testing.contracts.uploads import UploadsContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryUploads(InMemory, UploadsContract):
    adapter = MemoryUploads


class TestSqliteUploads(InSqlite, UploadsContract):
    adapter = SqliteUploads


class TestMongomockUploads(InMongomock, UploadsContract):
    adapter = MongoUploads
    records = (RECORDS,)


class TestMongoUploads(InMongo, UploadsContract):
    adapter = MongoUploads
    records = (RECORDS,)
