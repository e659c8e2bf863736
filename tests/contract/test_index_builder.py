from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.adapters.memory.index_builder import MemoryIndexBuilder
from koda.adapters.mongo import automations, index_records
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.index_builder import MongoIndexBuilder
from koda.adapters.sqlite import index_rows
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.domain.model.automations import Automation
from koda.domain.search.indexing import labels_of
from koda.testing.contracts.index_builder import IndexBuilderContract, RebuiltIndex
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


def in_memory() -> RebuiltIndex:
    """Of one process."""
    index = MemoryCatalogueIndex()
    kept = MemoryAutomations(index=index)
    return RebuiltIndex(kept, index, MemoryIndexBuilder(kept), index.put)


def in_sqlite(database: Database) -> RebuiltIndex:
    """Of one file."""

    def misfile(automation: Automation) -> None:
        with database.write() as connection:
            ((number,),) = connection.execute(
                "SELECT number FROM automations WHERE id = ?", (automation.id,)
            )
            index_rows.put(connection, [(number, automation)])

    kept, index = SqliteAutomations(database), SqliteCatalogueIndex(database)
    return RebuiltIndex(kept, index, SqliteIndexBuilder(database), misfile)


def in_mongo(database: MongoDatabase) -> RebuiltIndex:
    """Of one database, whose counts of labels are off, too."""

    def misfile(automation: Automation) -> None:
        collection = database.collection("automations")
        keys = automations.RECORDS.keys(automation)
        with index_records.counted(database, frozenset(), labels_of(automation)):
            collection.update_one({"_id": automation.id}, {"$set": {"keys": keys}})

    kept, index = MongoAutomations(database), MongoCatalogueIndex(database)
    return RebuiltIndex(kept, index, MongoIndexBuilder(database), misfile)


class TestMemoryIndexBuilder(InMemory, IndexBuilderContract):
    adapter = staticmethod(in_memory)


class TestSqliteIndexBuilder(InSqlite, IndexBuilderContract):
    adapter = staticmethod(in_sqlite)


class TestMongomockIndexBuilder(InMongomock, IndexBuilderContract):
    adapter = staticmethod(in_mongo)
    records = (automations.RECORDS, index_records.LABELS, index_records.BUILDS)


class TestMongoIndexBuilder(InMongo, IndexBuilderContract):
    adapter = staticmethod(in_mongo)
    records = (automations.RECORDS, index_records.LABELS, index_records.BUILDS)
