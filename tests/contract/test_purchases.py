from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.mongo.purchases import RECORDS, MongoPurchases
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.testing.contracts.purchases import PurchasesContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryPurchases(InMemory, PurchasesContract):
    adapter = MemoryPurchases


class TestSqlitePurchases(InSqlite, PurchasesContract):
    adapter = SqlitePurchases


class TestMongomockPurchases(InMongomock, PurchasesContract):
    adapter = MongoPurchases
    records = (RECORDS,)


class TestMongoPurchases(InMongo, PurchasesContract):
    adapter = MongoPurchases
    records = (RECORDS,)
