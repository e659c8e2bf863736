from collections.abc import Callable
from typing import Any, cast

import pytest
from pymongo.collection import Collection

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.outbox import MemoryOutbox
from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.mongo import automations, orders, outbox, purchases, sellers
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.database import Document
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.outbox import MongoOutbox
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.ports.outbox import Outbox
from koda.testing.contracts.outbox import OutboxContract
from koda.testing.contracts.outbox_machine import EventStore
from tests.servers.mongo import MongoServer, mock_database

Happen = Callable[[], object]
KEPT = (
    automations.RECORDS,
    orders.RECORDS,
    purchases.RECORDS,
    sellers.RECORDS,
    outbox.RECORDS,
    outbox.SUBSCRIBERS,
)


class Countdown:
    """Lets something happen once, before the `nth` step."""

    def __init__(self, nth: int, happen: Happen) -> None:
        self._left, self._happen = nth, happen

    def step(self) -> None:
        """Count a step."""
        self._left -= 1
        if self._left == 0:
            self._happen()


class Counted:
    """Passes every call on after it was counted."""

    def __init__(self, called: Any, countdown: Countdown) -> None:
        self._called, self._countdown = called, countdown

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._called, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._countdown.step()
            return method(*args, **kwargs)

        return call


def interrupted_at_calls(kept: Outbox) -> Callable[[int, Happen], Outbox]:
    """How another process sees an outbox each call of which is one step."""
    return lambda nth, happen: cast("Outbox", Counted(kept, Countdown(nth, happen)))


class TestMemoryOutbox(OutboxContract):
    @pytest.fixture
    def make(self) -> Callable[[], EventStore]:
        """Each in its own memory."""

        def store() -> EventStore:
            kept = MemoryOutbox()
            return EventStore(
                kept,
                MemoryOrders(kept),
                MemoryPurchases(kept),
                MemoryAutomations(kept),
                MemorySellers(kept),
                interrupted_at_calls(kept),
            )

        return store


class TestSqliteOutbox(OutboxContract):
    @pytest.fixture
    def make(self, new_database: Callable[[], Database]) -> Callable[[], EventStore]:
        """Each in its own file."""

        def store() -> EventStore:
            database = new_database()
            kept = SqliteOutbox(database)
            return EventStore(
                kept,
                SqliteOrders(database),
                SqlitePurchases(database),
                SqliteAutomations(database),
                SqliteSellers(database),
                interrupted_at_calls(kept),
            )

        return store


class InterruptedDatabase(MongoDatabase):
    """A database as a process sees it in which something happens before its `nth` request."""

    def __init__(self, database: MongoDatabase, nth: int, happen: Happen) -> None:
        super().__init__(lambda: database.client, database.name)
        self._countdown = Countdown(nth, happen)

    def collection(self, name: str) -> Collection[Document]:
        """A collection whose calls are counted."""
        return cast("Collection[Document]", Counted(super().collection(name), self._countdown))


def mongo_store(database: MongoDatabase) -> EventStore:
    """What is kept in a database."""
    return EventStore(
        MongoOutbox(database),
        MongoOrders(database),
        MongoPurchases(database),
        MongoAutomations(database),
        MongoSellers(database),
        lambda nth, happen: MongoOutbox(InterruptedDatabase(database, nth, happen)),
    )


class TestMongomockOutbox(OutboxContract):
    @pytest.fixture
    def make(self) -> Callable[[], EventStore]:
        """Each in the memory of a client of its own."""
        return lambda: mongo_store(mock_database(*KEPT))


class TestMongoOutbox(OutboxContract):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Callable[[], EventStore]:
        """Each in a database of its own, of a live server."""
        return lambda: mongo_store(mongo_server.new_database(*KEPT))
