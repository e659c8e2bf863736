from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.mongo.sellers import RECORDS, MongoSellers
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.testing.contracts.sellers import SellersContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemorySellers(InMemory, SellersContract):
    adapter = MemorySellers


class TestSqliteSellers(InSqlite, SellersContract):
    adapter = SqliteSellers


class TestMongomockSellers(InMongomock, SellersContract):
    adapter = MongoSellers
    records = (RECORDS,)


class TestMongoSellers(InMongo, SellersContract):
    adapter = MongoSellers
    records = (RECORDS,)
