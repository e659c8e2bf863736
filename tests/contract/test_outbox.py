from collections.abc import Callable
from functools import partial
from typing import Any, cast

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
from koda.testing.contracts.outbox_machine import (
    EVERYTHING,
    LEASE,
    EventStore,
    of_its_own_buyer,
    told_of,
)
from koda.testing.examples import NOON
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite
from tests.servers.mongo import mock_database

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
        self.left, self._happen = nth, happen

    def step(self) -> None:
        """Count a step."""
        self.left -= 1
        if self.left == 0:
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


def interrupted_at_calls(outbox: Outbox) -> Callable[[int, Happen], Outbox]:
    """How another process sees an outbox each call of which is one step."""
    return lambda nth, happen: cast("Outbox", Counted(outbox, Countdown(nth, happen)))


class TestMemoryOutbox(InMemory, OutboxContract):
    @staticmethod
    def adapter() -> EventStore:
        """An outbox and stores in one memory."""
        outbox = MemoryOutbox()
        return EventStore(
            outbox,
            MemoryOrders(outbox),
            MemoryPurchases(outbox),
            MemoryAutomations(outbox),
            MemorySellers(outbox),
            interrupted_at_calls(outbox),
        )


class TestSqliteOutbox(InSqlite, OutboxContract):
    @staticmethod
    def adapter(database: Database) -> EventStore:
        """An outbox and stores in one file."""
        outbox = SqliteOutbox(database)
        return EventStore(
            outbox,
            SqliteOrders(database),
            SqlitePurchases(database),
            SqliteAutomations(database),
            SqliteSellers(database),
            interrupted_at_calls(outbox),
        )


class CountedDatabase(MongoDatabase):
    """A database as a process sees it whose requests are counted."""

    def __init__(self, database: MongoDatabase, countdown: Countdown) -> None:
        super().__init__(lambda: database.client, database.name)
        self._countdown = countdown

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
        lambda nth, happen: MongoOutbox(CountedDatabase(database, Countdown(nth, happen))),
    )


class TestMongomockOutbox(InMongomock, OutboxContract):
    # mongomock reads without a lock, and fails where another thread writes; servers do not.
    test_of_many_callers_at_once_each_gets_another_delivery = None  # type: ignore[assignment]
    adapter = staticmethod(mongo_store)
    records = KEPT


class TestMongoOutbox(InMongo, OutboxContract):
    adapter = staticmethod(mongo_store)
    records = KEPT


def test_long_subject_costs_no_request_for_each_of_its_deliveries() -> None:
    """Those behind a delivery that is leased are put off together."""
    database, requests = mock_database(*KEPT), Countdown(0, lambda: None)
    store = mongo_store(database)
    store.outbox.subscribe(EVERYTHING)
    order = of_its_own_buyer("ord_1")
    store.orders.add(order)
    for _ in range(50):
        order = store.orders.save(*told_of(order, ["paid", "closed"], NOON))
    store.outbox.relay(100, NOON)
    counted = MongoOutbox(CountedDatabase(database, requests))
    head = counted.claim([EVERYTHING.name], NOON, NOON + LEASE)
    assert counted.claim([EVERYTHING.name], NOON, NOON + LEASE) is None

    assert -requests.left < 10
    assert head is not None
    store.outbox.save(head.done(NOON))
    assert store.outbox.claim([EVERYTHING.name], NOON, NOON + LEASE) is not None


def test_delivery_is_not_put_off_for_one_that_is_done_meanwhile() -> None:
    """Its process finishes while another one, which saw it leased, puts off those behind it."""
    database = mock_database(*KEPT)
    store = mongo_store(database)
    store.outbox.subscribe(EVERYTHING)
    order = of_its_own_buyer("ord_1")
    store.orders.add(order)
    store.orders.save(*told_of(order, ["paid", "closed"], NOON))
    store.outbox.relay(10, NOON)
    head = store.outbox.claim([EVERYTHING.name], NOON, NOON + LEASE)
    assert head is not None
    done = partial(store.outbox.save, head.done(NOON))

    following = store.interrupted(3, done).claim([EVERYTHING.name], NOON, NOON + LEASE)
    assert following is not None
    assert following.event.name() == "OrderClosed"
