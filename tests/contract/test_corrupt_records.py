"""What stores show of records that somebody or something has damaged."""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from attrs import evolve, frozen

from koda.adapters.mongo import examination as mongo_examination
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.events import MongoEvents
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.people import MongoPeople
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.schema import KEPT
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.sqlite import examination as sqlite_examination
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database as SqliteDatabase
from koda.adapters.sqlite.events import SqliteEvents
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.people import SqlitePeople
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.domain.model.catalogue import CatalogueQuery, Sort
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import AutomationId, EventId, OrderId, SessionId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import OrderState
from koda.domain.model.paging import Cursor
from koda.domain.model.payments import CheckoutChanged
from koda.domain.model.people import Person, PersonRemoved
from koda.ports.automations import Automations
from koda.ports.events import Events
from koda.ports.orders import Orders
from koda.ports.people import People
from koda.ports.purchases import Purchases
from koda.ports.sellers import Sellers
from koda.testing.examples import NOON, a_line, a_purchase, a_seller, an_automation, an_order
from tests.servers.mongo import MongoServer, mock_database

ADA, BEA = UserId("user_ada"), UserId("user_bea")


class World(Protocol):
    """The stores of one database, and damage to what they keep."""

    automations: Automations
    sellers: Sellers
    orders: Orders
    purchases: Purchases
    events: Events
    people: People

    def damage(self, table: str, identity: str) -> None:
        """Make a record unreadable, as a bad disk or hand does; what queries need stays."""

    def examined(self, most: int = 1000) -> list[tuple[str, CorruptRecord | None]]:
        """The kind of each record, and what is wrong with it."""


@frozen
class SqliteWorld:
    """An SQLite file."""

    database: SqliteDatabase

    def __getattr__(self, name: str) -> Any:
        stores = {
            "automations": SqliteAutomations,
            "sellers": SqliteSellers,
            "orders": SqliteOrders,
            "purchases": SqlitePurchases,
            "events": SqliteEvents,
            "people": SqlitePeople,
        }
        return stores[name](self.database)

    def damage(self, table: str, identity: str) -> None:
        """Cut the document off."""
        cut = f"UPDATE {table} SET document = substr(document, 1, 9) WHERE id = ?"  # noqa: S608 - names of ours
        with self.database.write() as connection:
            assert connection.execute(cut, (identity,)).rowcount == 1

    def examined(self, most: int = 1000) -> list[tuple[str, CorruptRecord | None]]:
        """The kind of each record, and what is wrong with it."""
        return list(sqlite_examination.examine(self.database, most))


@frozen
class MongoWorld:
    """A MongoDB database."""

    database: MongoDatabase

    def __getattr__(self, name: str) -> Any:
        stores = {
            "automations": MongoAutomations,
            "sellers": MongoSellers,
            "orders": MongoOrders,
            "purchases": MongoPurchases,
            "events": MongoEvents,
            "people": MongoPeople,
        }
        return stores[name](self.database)

    def damage(self, table: str, identity: str) -> None:
        """Say that the document has a shape that was never there."""
        handle = self.database.handle[table]
        handle.update_one(
            {"_id": identity}, {"$set": {"shape": 99}}, bypass_document_validation=True
        )

    def examined(self, most: int = 1000) -> list[tuple[str, CorruptRecord | None]]:
        """The kind of each record, and what is wrong with it."""
        return list(mongo_examination.examine(self.database, most))


@pytest.fixture(params=["sqlite", "mongomock", "mongo"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Empty stores."""
    if request.param == "sqlite":
        with closing(SqliteDatabase(tmp_path / "koda.sqlite")) as database:
            yield SqliteWorld(database)
        return
    make: Callable[..., MongoDatabase] = mock_database
    if request.param == "mongo":
        server: MongoServer = request.getfixturevalue("mongo_server")
        make = server.new_database
    yield MongoWorld(make(*KEPT))


def test_a_catalogue_is_shown_without_them(world: World) -> None:
    """Every other listing comes once, page by page, even behind a page of damaged ones."""
    for number in range(9):
        world.automations.add(
            an_automation(f"aut_{number}", published_at=NOON + timedelta(minutes=number))
        )
    for number in (3, 4, 5, 8):
        world.damage("automations", f"aut_{number}")

    for sort in Sort:
        seen, query = list[str](), CatalogueQuery(sort=sort, limit=2)
        while True:
            page = world.automations.search(query)
            seen += [automation.id for automation in page.items]
            if page.next_cursor is None:
                break
            query = evolve(query, after=Cursor.decode(page.next_cursor, query.scope))
        assert sorted(seen) == ["aut_0", "aut_1", "aut_2", "aut_6", "aut_7"]


def test_own_listings_are_shown_without_them(world: World) -> None:
    """Likewise; asked for by itself, such a record tells what it is."""
    for number in range(4):
        world.automations.add(
            an_automation(f"aut_{number}", created_at=NOON + timedelta(minutes=number))
        )
    for number in (2, 3):
        world.damage("automations", f"aut_{number}")

    first = world.automations.of_seller(ADA, 2)
    assert first.items == ()
    assert first.next_cursor is not None
    after = Cursor.decode(first.next_cursor, f"automations:{ADA}")
    second = world.automations.of_seller(ADA, 2, after)

    assert [automation.id for automation in second.items] == ["aut_1", "aut_0"]
    assert set(world.automations.some(map(AutomationId, ("aut_1", "aut_2")))) == {"aut_1"}
    with pytest.raises(CorruptRecord, match="automation 'aut_2' cannot be read"):
        world.automations.get(AutomationId("aut_2"))


def test_purchases_are_shown_without_them(world: World) -> None:
    """In the library and among the sales, whose sums are of all."""
    for number in range(3):
        order = an_order(f"ord_{number}", lines=(a_line(number + 1),))
        bought_at = NOON + timedelta(minutes=number)
        world.purchases.record([a_purchase(order, id=f"pur_{number}", bought_at=bought_at)])
    world.damage("purchases", "pur_2")

    first = world.purchases.of_buyer(BEA, 1)
    assert first.items == ()
    assert first.next_cursor is not None
    (day,) = world.purchases.sales_by_day(ADA)

    assert [purchase.id for purchase in world.purchases.of_seller(ADA, 5).items] == [
        "pur_1",
        "pur_0",
    ]
    assert (day.count, day.gross) == (3, Money.total([a_line().price] * 3, "EUR"))


def test_payments_under_way_are_shown_without_them(world: World) -> None:
    """The others are, to their buyer."""
    for number in (1, 2):
        world.orders.add(an_order(f"ord_{number}", lines=(a_line(number),)))
    world.damage("orders", "ord_2")

    assert [order.id for order in world.orders.open_of(BEA, 5)] == ["ord_1"]


def test_sellers_orders_and_messages_are_listed_without_them(world: World) -> None:
    """What else is read by many."""
    for number in (1, 2):
        world.sellers.add(a_seller(f"user_{number}", account_id=f"acct_{number}"))
        world.orders.add(an_order(f"ord_{number}", state=OrderState.FAILED))
        message = CheckoutChanged(EventId(f"evt_{number}"), "checkout.completed", SessionId("cs_1"))
        world.events.open(message, NOON)
    for table, identity in (("sellers", "user_1"), ("orders", "ord_1"), ("events", "evt_1")):
        world.damage(table, identity)

    later = NOON + timedelta(hours=1)
    assert set(world.sellers.some([UserId("user_1"), UserId("user_2")])) == {"user_2"}
    assert [order.id for order in world.orders.unpaid(later)] == ["ord_2"]
    assert [entry.event_id for entry in world.events.pending(5)] == ["evt_2"]
    with pytest.raises(CorruptRecord):
        world.orders.get(OrderId("ord_1"))


def test_somebody_whose_record_is_damaged_is_somebody_without_a_name(world: World) -> None:
    """They can sign in, but for those who were removed."""
    for user in ("user_1", "user_2"):
        world.people.put(Person(UserId(user), "Bea", None, None, NOON))
    world.people.remove(UserId("user_2"), NOON + timedelta(hours=1))
    world.damage("people", "user_1")

    assert world.people.some([UserId("user_1")]) == {}
    assert world.people.find(UserId("user_1")) is None
    assert isinstance(world.people.find(UserId("user_2")), PersonRemoved)


def test_each_is_told_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """However often a list is shown."""
    caplog.set_level(logging.ERROR, "koda.store")
    identity = f"aut_{secrets.token_hex(8)}"
    world.automations.add(an_automation(identity))
    world.damage("automations", identity)
    for _ in range(3):
        world.automations.of_seller(ADA, 5)

    (record,) = caplog.records
    assert record.getMessage() == f"Left out a record that cannot be read: automation {identity}"


def test_an_examination_finds_each(world: World) -> None:
    """Of every kind, as far as it looks."""
    world.sellers.add(a_seller())
    world.orders.add(an_order("ord_0"))
    for number in range(4):
        world.automations.add(an_automation(f"aut_{number}"))
    for table, identity in (("automations", "aut_0"), ("orders", "ord_0")):
        world.damage(table, identity)

    found = {(kind, fault.id) for kind, fault in world.examined() if fault}

    assert found == {("automation", "aut_0"), ("order", "ord_0")}
    assert len(world.examined()) == 6
    assert Counter(kind for kind, _ in world.examined(2)) == {
        "automation": 2,
        "order": 1,
        "seller": 1,
    }
