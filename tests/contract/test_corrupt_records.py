"""What stores show of records that somebody or something has damaged."""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from koda.adapters.mongo import examination as mongo_examination
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
from koda.adapters.mongo.people import MongoPeople
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.records import Records
from koda.adapters.mongo.schema import KEPT
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.sqlite import examination as sqlite_examination
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database as SqliteDatabase
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.adapters.sqlite.people import SqlitePeople
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import AutomationId, CheckoutSessionId, EventId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import OrderState
from koda.domain.model.payments import CheckoutChanged, Unhandled
from koda.domain.model.people import Person, PersonRemoved
from koda.domain.model.sellers import Seller
from koda.domain.search.catalogue import Search, Sort
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex
from koda.ports.orders import Orders
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.people import People
from koda.ports.purchases import Purchases
from koda.ports.sellers import Sellers
from koda.testing.examples import NOON, a_line, a_purchase, a_seller, an_automation, an_order, asked
from tests.servers.mongo import MongoServer, mock_database
from tests.support.browsing import browsing

ADA, BEA = UserId("user_ada"), UserId("user_bea")
IN_INDEX = "entry of the index"
"""What SQLite compares with its automation, and MongoDB has in its document."""


Examined = list[tuple[str, CorruptRecord | None]]


@frozen
class World:
    """The stores of one database.

    `damage` makes a record of a table unreadable, as a bad disk or hand does; what queries need
    stays. `examine` reads so many of each kind, and tells what is wrong with each.
    """

    automations: Automations
    catalogue_index: CatalogueIndex
    sellers: Sellers
    orders: Orders
    purchases: Purchases
    payment_inbox: PaymentInbox
    people: People
    damage: Callable[[str, str], None]
    examine: Callable[[int], Iterable[tuple[str, CorruptRecord | None]]]

    def examined(self, most: int = 1000) -> Examined:
        """The kind of each record, and what is wrong with it; labels are made of the others."""
        return [(kind, fault) for kind, fault in self.examine(most) if kind != "index label"]


def sqlite_world(database: SqliteDatabase) -> World:
    """An SQLite file; damage cuts a document off."""

    def damage(table: str, identity: str) -> None:
        cut = f"UPDATE {table} SET document = substr(document, 1, 9) WHERE id = ?"  # noqa: S608 - names of ours
        with database.write() as connection:
            assert connection.execute(cut, (identity,)).rowcount == 1

    return World(
        SqliteAutomations(database),
        SqliteCatalogueIndex(database),
        SqliteSellers(database),
        SqliteOrders(database),
        SqlitePurchases(database),
        SqlitePaymentInbox(database),
        SqlitePeople(database),
        damage,
        partial(sqlite_examination.examine, database),
    )


def mongo_world(database: MongoDatabase) -> World:
    """A MongoDB database; damage says that a document has a shape that was never there."""

    def damage(table: str, identity: str) -> None:
        change(database, table, identity, {"$set": {"schema_version": 99}})

    return World(
        MongoAutomations(database),
        MongoCatalogueIndex(database),
        MongoSellers(database),
        MongoOrders(database),
        MongoPurchases(database),
        MongoPaymentInbox(database),
        MongoPeople(database),
        damage,
        partial(mongo_examination.examine, database, KEPT),
    )


def change(database: MongoDatabase, table: str, identity: str, step: Mapping[str, Any]) -> None:
    """Change a document in a way that its validator would refuse."""
    handle = database.handle[table]
    handle.update_one({"_id": identity}, step, bypass_document_validation=True)


@pytest.fixture(params=["sqlite", "mongomock", "mongo"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Empty stores."""
    if request.param == "sqlite":
        with closing(SqliteDatabase(tmp_path / "koda.sqlite")) as database:
            yield sqlite_world(database)
        return
    make: Callable[..., MongoDatabase] = mock_database
    if request.param == "mongo":
        server: MongoServer = request.getfixturevalue("mongo_server")
        make = server.new_database
    yield mongo_world(make(*KEPT))


def shown(world: World, sort: Sort) -> list[str]:
    """The ids of all that the catalogue shows, read page by page."""
    browse = browsing(world.catalogue_index, world.automations)
    seen, text = list[str](), "post" if sort is Sort.RELEVANCE else ""
    cursor: str | None = ""
    while cursor is not None:
        page = browse(Search(q=text, sort=sort, limit=2, cursor=cursor))
        seen += [entry.automation.id for entry in page.entries]
        cursor = page.next_cursor
    return seen


def test_a_catalogue_is_shown_without_them(world: World) -> None:
    """Every other listing comes once, page by page, even behind a page of damaged ones."""
    for number in range(9):
        world.automations.add(
            an_automation(f"aut_{number}", published_at=NOON + timedelta(minutes=number))
        )
    for number in (3, 4, 5, 8):
        world.damage("automations", f"aut_{number}")

    for sort in Sort:
        seen = shown(world, sort)
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
    assert first.next_place is not None
    second = world.automations.of_seller(ADA, 2, first.next_place)

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
    assert first.next_place is not None
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
        message = CheckoutChanged(
            EventId(f"evt_{number}"), "checkout.completed", CheckoutSessionId("cs_1")
        )
        world.payment_inbox.open(message, b"{}", NOON)
    for table, identity in (("sellers", "user_1"), ("orders", "ord_1"), ("payment_inbox", "evt_1")):
        world.damage(table, identity)

    later = NOON + timedelta(hours=1)
    assert set(world.sellers.some([UserId("user_1"), UserId("user_2")])) == {"user_2"}
    assert [order.id for order in world.orders.unpaid(later)] == ["ord_2"]
    assert [entry.event_id for entry in world.payment_inbox.pending(5)] == ["evt_2"]
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

    faults = {(kind, fault.id) for kind, fault in world.examined() if fault}

    assert faults == {("automation", "aut_0"), ("order", "ord_0")}
    assert Counter(kind for kind, _ in world.examined() if kind != IN_INDEX).total() == 6
    assert Counter(kind for kind, _ in world.examined(2) if kind != IN_INDEX) == {
        "automation": 2,
        "order": 1,
        "seller": 1,
    }


@pytest.mark.parametrize("keys", [{}, {"sale": True, "published": "soon", "labels": ["A:"]}])
def test_a_document_that_tells_no_place_ends_no_list(
    mongo_server: MongoServer, keys: Mapping[str, Any]
) -> None:
    """What queries need may be damaged, too."""
    database = mongo_server.new_database(*KEPT)
    world = mongo_world(database)
    for number in range(4):
        listed_at = NOON + timedelta(minutes=number)
        world.automations.add(
            an_automation(f"aut_{number}", created_at=listed_at, published_at=listed_at)
        )
    change(database, "automations", "aut_3", {"$set": {"keys": keys}})

    seen = shown(world, Sort.NEWEST)
    own = world.automations.of_seller(ADA, 2)

    assert [identity for identity in seen if identity != "aut_3"] == ["aut_2", "aut_1", "aut_0"]
    assert [automation.id for automation in own.items] == ["aut_2", "aut_1"]


@pytest.mark.parametrize(
    "step",
    [
        {"$set": {"keys.day": "today"}},
        {"$set": {"keys": None}},
        {"$unset": {"keys": 1}},
        {"$set": {"keys.day": ["today"]}},
    ],
)
def test_keys_that_are_not_the_documents_are_told(
    mongo_server: MongoServer, step: Mapping[str, Any]
) -> None:
    """Doctor names the purchase, and what is no day is left out of sales."""
    database = mongo_server.new_database(*KEPT)
    world = mongo_world(database)
    world.purchases.record([a_purchase()])
    change(database, "purchases", a_purchase().id, step)

    ((_, fault),) = world.examined()

    assert fault is not None
    assert fault.problem == "its keys are not those of its fields"
    assert world.purchases.sales_by_day(a_purchase().seller_id) == ()


def test_keys_that_are_lists_are_compared_as_well(mongo_server: MongoServer) -> None:
    """The requests that an order answers, and the files of a listing."""
    database = mongo_server.new_database(*KEPT)
    world = mongo_world(database)
    world.orders.add(an_order(requests=asked("one", "two")))
    world.automations.add(an_automation())
    change(database, "orders", an_order().id, {"$set": {"keys.requests": ["one"]}})

    assert [kind for kind, fault in world.examined() if fault] == ["order"]


def test_what_is_well_is_told_to_be(world: World) -> None:
    """Of each kind, however often it was saved and whatever was changed in place."""
    world.automations.add(an_automation())
    world.sellers.add(a_seller())
    world.orders.add(an_order(requests=asked("one")))
    world.orders.save(*world.orders.get(an_order().id).close(OrderState.FAILED, NOON))
    (purchase,) = world.purchases.record([a_purchase()])
    world.purchases.save(purchase)
    for number in (1, 2):
        world.payment_inbox.open(Unhandled(EventId(f"evt_{number}"), "other"), b"{}", NOON)
    world.payment_inbox.done(EventId("evt_1"))
    world.payment_inbox.failed(EventId("evt_2"), "the store is down")
    for user, removed_at in (("user_1", NOON), ("user_2", NOON - timedelta(hours=1))):
        world.people.put(Person(UserId(user), "Bea", None, None, NOON))
        world.people.remove(UserId(user), removed_at)

    assert [fault for _, fault in world.examined() if fault] == []
    # SQLite keeps what happened in a table of its own, MongoDB with the order that it happened to.
    assert len({kind for kind, _ in world.examined()} - {"domain event", IN_INDEX}) == 6


def test_keys_of_an_earlier_version_may_be_others() -> None:
    """They are made anew when the document is."""
    records = Records("seller", "sellers", Seller, upgrades=(dict,))
    document = {**documents().write(a_seller()), "keys": {"gone": 1}, "schema_version": 1}

    records.check(document)
    with pytest.raises(CorruptRecord, match="keys are not"):
        records.check({**document, "schema_version": 2})
