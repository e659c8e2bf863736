from collections.abc import Callable

import pytest

from koda.adapters.memory.payment_inbox import MemoryPaymentInbox
from koda.adapters.mongo.payment_inbox import RECORDS, MongoPaymentInbox
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.testing.contracts.payment_inbox import PaymentInboxContract
from tests.servers.mongo import MongoServer, mock_database


class TestMemoryPaymentInbox(PaymentInboxContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryPaymentInbox]:
        """Each in its own memory."""
        return MemoryPaymentInbox


class TestSqlitePaymentInbox(PaymentInboxContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], SqlitePaymentInbox]:
        """Each in its own file."""
        return lambda: SqlitePaymentInbox(new_database())


class TestMongomockPaymentInbox(PaymentInboxContract):
    @pytest.fixture
    def make(self) -> Callable[[], MongoPaymentInbox]:
        """Each in the memory of a client of its own."""
        return lambda: MongoPaymentInbox(mock_database(RECORDS))


class TestMongoPaymentInbox(PaymentInboxContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], MongoPaymentInbox]:
        """Each in a database of its own, of a live server."""
        return lambda: MongoPaymentInbox(mongo_server.new_database(RECORDS))
