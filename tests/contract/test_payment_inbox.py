from koda.adapters.memory.payment_inbox import MemoryPaymentInbox
from koda.adapters.mongo.payment_inbox import RECORDS, MongoPaymentInbox
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.testing.contracts.payment_inbox import PaymentInboxContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryPaymentInbox(InMemory, PaymentInboxContract):
    adapter = MemoryPaymentInbox


class TestSqlitePaymentInbox(InSqlite, PaymentInboxContract):
    adapter = SqlitePaymentInbox


class TestMongomockPaymentInbox(InMongomock, PaymentInboxContract):
    adapter = MongoPaymentInbox
    records = (RECORDS,)


class TestMongoPaymentInbox(InMongo, PaymentInboxContract):
    adapter = MongoPaymentInbox
    records = (RECORDS,)
