from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.mongo.orders import RECORDS, MongoOrders
from koda.adapters.sqlite.orders import SqliteOrders
from koda.testing.contracts.orders import OrdersContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryOrders(InMemory, OrdersContract):
    adapter = MemoryOrders


class TestSqliteOrders(InSqlite, OrdersContract):
    adapter = SqliteOrders


class TestMongomockOrders(InMongomock, OrdersContract):
    adapter = MongoOrders
    records = (RECORDS,)

    # mongomock compares arrays as a whole: it keeps no index over their parts, as servers do.
    test_an_order_answers_several_request_keys = None  # type: ignore[assignment]


class TestMongoOrders(InMongo, OrdersContract):
    adapter = MongoOrders
    records = (RECORDS,)
