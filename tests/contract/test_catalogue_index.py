from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.adapters.mongo import index_records
from koda.adapters.mongo.automations import RECORDS, MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.catalogue_index import CatalogueIndexContract
from koda.testing.contracts.catalogue_index_machine import IndexedAutomations
from koda.testing.contracts.catalogue_index_pages import CatalogueIndexPagesContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


def in_memory() -> IndexedAutomations:
    """Of one process."""
    index = MemoryCatalogueIndex()
    return IndexedAutomations(MemoryAutomations(index=index), index)


def in_sqlite(database: Database) -> IndexedAutomations:
    """Of one file."""
    return IndexedAutomations(SqliteAutomations(database), SqliteCatalogueIndex(database))


def in_mongo(database: MongoDatabase) -> IndexedAutomations:
    """Of one database."""
    return IndexedAutomations(MongoAutomations(database), MongoCatalogueIndex(database))


class TestMemoryCatalogueIndex(InMemory, CatalogueIndexContract, CatalogueIndexPagesContract):
    adapter = staticmethod(in_memory)


class TestSqliteCatalogueIndex(InSqlite, CatalogueIndexContract, CatalogueIndexPagesContract):
    adapter = staticmethod(in_sqlite)


class TestMongomockCatalogueIndex(InMongomock, CatalogueIndexContract, CatalogueIndexPagesContract):
    adapter = staticmethod(in_mongo)
    records = (RECORDS, index_records.LABELS)


class TestMongoCatalogueIndex(InMongo, CatalogueIndexContract, CatalogueIndexPagesContract):
    adapter = staticmethod(in_mongo)
    records = (RECORDS, index_records.LABELS)
