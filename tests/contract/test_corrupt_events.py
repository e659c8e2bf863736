"""What an outbox does with events and deliveries that somebody or something has damaged."""

import logging
import secrets
from collections.abc import Callable, Iterable
from functools import partial

import pytest
from attrs import frozen

from koda.adapters.mongo import examination as mongo_examination
from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.outbox import MongoOutbox
from koda.adapters.mongo.schema import KEPT
from koda.adapters.sqlite import examination as sqlite_examination
from koda.adapters.sqlite.database import Database as SqliteDatabase
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import PaymentId
from koda.domain.model.orders import OrderState
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.testing.contracts.outbox_machine import EVERYTHING, drained, of_its_own_buyer
from koda.testing.examples import NOON, a_settlement
from tests.servers.mongo import MongoServer

NEWER = "OrderTeleported"


@frozen
class World:
    """An outbox, orders that tell something, and ways to give what is kept another kind of event.

    `NEWER` is one that this version does not know.
    """

    outbox: Outbox
    orders: Orders
    change_event: Callable[[str, str], None]
    change_delivery: Callable[[str, str], None]
    examine: Callable[[int], Iterable[tuple[str, CorruptRecord | None]]]

    def faults(self) -> list[str]:
        """The kinds of records that cannot be read."""
        return [kind for kind, fault in self.examine(100) if fault is not None]


def sqlite_world(database: SqliteDatabase) -> World:
    """Events are rows of their own until they are relayed."""

    def change(statement: str, beginning: str, kind: str) -> None:
        with database.write() as connection:
            assert connection.execute(statement, (kind, f"{beginning}%")).rowcount == 1

    event = "UPDATE domain_events SET document = json_set(document, '$.kind', ?) WHERE id LIKE ?"
    delivery = (
        "UPDATE deliveries SET document = json_set(document, '$.event.kind', ?) WHERE id LIKE ?"
    )
    return World(
        SqliteOutbox(database),
        SqliteOrders(database),
        partial(change, event),
        partial(change, delivery),
        partial(sqlite_examination.examine, database),
    )


def mongo_world(database: MongoDatabase) -> World:
    """Events lie in the orders that they happened to until they are relayed."""
    database.handle.command("collMod", "deliveries", validationLevel="off")

    def change_event(subject: str, kind: str) -> None:
        order_id = subject.removeprefix("order/").split("/")[0]
        orders = database.collection("orders")
        place = (
            "outbox"
            if orders.count_documents({"_id": order_id, "outbox": {"$exists": True}})
            else "unreadable"
        )
        assert orders.update_one(
            {"_id": order_id}, {"$set": {f"{place}.0.kind": kind}}
        ).modified_count

    def change_delivery(beginning: str, kind: str) -> None:
        own = {"_id": {"$regex": f"^{beginning}"}}
        changed = database.collection("deliveries").update_one(own, {"$set": {"event.kind": kind}})
        assert changed.modified_count

    return World(
        MongoOutbox(database),
        MongoOrders(database),
        change_event,
        change_delivery,
        partial(mongo_examination.examine, database, KEPT),
    )


@pytest.fixture(params=["sqlite", "mongo"])
def world(request: pytest.FixtureRequest, new_database: Callable[[], SqliteDatabase]) -> World:
    """One of each store that keeps documents."""
    if request.param == "sqlite":
        return sqlite_world(new_database())
    server: MongoServer = request.getfixturevalue("mongo_server")
    return mongo_world(server.new_database(*KEPT))


def closed(world: World, order_id: str) -> None:
    """An order that expired, which is told."""
    order = of_its_own_buyer(order_id)
    world.orders.add(order)
    world.orders.save(*order.close(OrderState.EXPIRED, NOON))


def test_event_that_cannot_be_read_holds_up_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in the log, set aside, and found by an examination."""
    caplog.set_level(logging.ERROR, "koda.store")
    world.outbox.subscribe(EVERYTHING)
    # Each process tells of a record once.
    damaged = f"ord_{secrets.token_hex(8)}"
    closed(world, damaged)
    closed(world, "ord_2")
    world.change_event(f"order/{damaged}/1/0", NEWER)
    while world.outbox.relay(1, NOON):
        pass

    assert [event.subject for event in drained(world.outbox, [EVERYTHING.name])] == ["order/ord_2"]
    assert world.outbox.unrelayed() == 0
    assert len(caplog.records) == 1
    assert len(world.faults()) == 1


def test_order_with_a_damaged_event_is_still_saved_and_told_of(world: World) -> None:
    """What happens to it afterwards reaches subscribers."""
    world.outbox.subscribe(EVERYTHING)
    closed(world, "ord_1")
    world.change_event("order/ord_1/1/0", NEWER)
    world.outbox.relay(10, NOON)
    order = next(world.orders.unpaid(NOON.replace(year=2100)))
    world.orders.save(*order.pay(PaymentId("pay_1"), NOON, a_settlement(order)))

    told = [event.name() for event in drained(world.outbox, [EVERYTHING.name])]
    assert told == ["OrderPaid", "SharePaid"]


def test_delivery_that_cannot_be_read_is_given_up(world: World) -> None:
    """The others are made, those after it of the same subject, too."""
    world.outbox.subscribe(EVERYTHING)
    order = of_its_own_buyer("ord_1")
    world.orders.add(order)
    world.orders.save(*order.pay(PaymentId("pay_1"), NOON, a_settlement(order)))
    closed(world, "ord_2")
    world.outbox.relay(10, NOON)
    world.change_delivery("order/ord_1/1/0", NEWER)

    told = sorted(event.name() for event in drained(world.outbox, [EVERYTHING.name]))
    assert told == ["OrderClosed", "SharePaid"]
    (backlog,) = world.outbox.backlog()
    assert (backlog.waiting, backlog.given_up) == (0, 1)
    assert world.faults() == ["delivery"]


def test_event_that_an_older_version_could_not_read_is_told_after_the_upgrade(
    world: World,
) -> None:
    """It was set aside, and is relayed once a process starts that can read it."""
    world.outbox.subscribe(EVERYTHING)
    closed(world, "ord_1")
    world.change_event("order/ord_1/1/0", NEWER)
    world.outbox.relay(10, NOON)
    assert world.outbox.restore() == 1
    world.outbox.relay(10, NOON)
    assert drained(world.outbox, [EVERYTHING.name]) == []
    world.change_event("order/ord_1/1/0", "OrderClosed")

    assert world.outbox.restore() == 1
    assert [event.name() for event in drained(world.outbox, [EVERYTHING.name])] == ["OrderClosed"]
    assert world.outbox.restore() == 0


def test_delivery_that_an_older_version_could_not_read_is_made_after_the_upgrade(
    world: World,
) -> None:
    """Nothing is kept against it, and no examination finds it any more."""
    world.outbox.subscribe(EVERYTHING)
    closed(world, "ord_1")
    world.outbox.relay(10, NOON)
    world.change_delivery("order/ord_1/1/0", NEWER)
    assert drained(world.outbox, [EVERYTHING.name]) == []
    world.change_delivery("order/ord_1/1/0", "OrderClosed")

    assert world.outbox.restore() == 1
    assert [event.name() for event in drained(world.outbox, [EVERYTHING.name])] == ["OrderClosed"]
    assert world.outbox.backlog()[0].given_up == 0
    assert world.faults() == []


@pytest.mark.parametrize("outbox", ["text", None, [1], {"subject": 1}], ids=repr)
def test_document_whose_outbox_is_damaged_holds_up_no_other(
    mongo_server: MongoServer, outbox: object
) -> None:
    """Whatever somebody wrote there by hand; it is set aside as a whole."""
    database = mongo_server.new_database(*KEPT)
    world = mongo_world(database)
    world.outbox.subscribe(EVERYTHING)
    closed(world, "ord_1")
    closed(world, "ord_2")
    database.handle.command("collMod", "orders", validationLevel="off")
    database.collection("orders").update_one({"_id": "ord_1"}, {"$set": {"outbox": outbox}})

    assert world.outbox.unrelayed() == 2
    assert [event.subject for event in drained(world.outbox, [EVERYTHING.name])] == ["order/ord_2"]
    assert world.outbox.unrelayed() == 0
