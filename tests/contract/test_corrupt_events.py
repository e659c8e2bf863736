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
from koda.testing.examples import NOON
from tests.servers.mongo import MongoServer


@frozen
class World:
    """An outbox, orders that tell something, and ways to damage what is kept."""

    outbox: Outbox
    orders: Orders
    damage_event: Callable[[str], None]
    damage_delivery: Callable[[str], None]
    examine: Callable[[int], Iterable[tuple[str, CorruptRecord | None]]]

    def faults(self) -> list[str]:
        """The kinds of records that cannot be read."""
        return [kind for kind, fault in self.examine(100) if fault is not None]


def sqlite_world(database: SqliteDatabase) -> World:
    """Damage cuts a delivery off, and makes an event one of a later version."""

    def damage(statement: str, beginning: str) -> None:
        with database.write() as connection:
            assert connection.execute(statement, (f"{beginning}%",)).rowcount == 1

    newer = """
    UPDATE domain_events SET document = json_set(document, '$.kind', 'OrderTeleported')
    WHERE id LIKE ?
    """
    cut = "UPDATE deliveries SET document = substr(document, 1, 9) WHERE id LIKE ?"

    return World(
        SqliteOutbox(database),
        SqliteOrders(database),
        partial(damage, newer),
        partial(damage, cut),
        partial(sqlite_examination.examine, database),
    )


def mongo_world(database: MongoDatabase) -> World:
    """Damage makes an event one of a later version."""

    def damage_event(subject: str) -> None:
        order_id = subject.removeprefix("order/").split("/")[0]
        newer = {"$set": {"outbox.0.kind": "OrderTeleported"}}
        assert database.collection("orders").update_one({"_id": order_id}, newer).modified_count

    def damage_delivery(beginning: str) -> None:
        newer = {"$set": {"schema_version": 99}}
        database.handle.command("collMod", "deliveries", validationLevel="off")
        own = {"_id": {"$regex": f"^{beginning}"}}
        assert database.collection("deliveries").update_one(own, newer).modified_count

    return World(
        MongoOutbox(database),
        MongoOrders(database),
        damage_event,
        damage_delivery,
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
    world.damage_event(f"order/{damaged}/1/0")
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
    world.damage_event("order/ord_1/1/0")
    world.outbox.relay(10, NOON)
    order = next(world.orders.unpaid(NOON.replace(year=2100)))
    world.orders.save(*order.pay(PaymentId("pay_1"), NOON))

    told = [event.name() for event in drained(world.outbox, [EVERYTHING.name])]
    assert told == ["OrderPaid", "SharePaid"]


def test_delivery_that_cannot_be_read_is_given_up(world: World) -> None:
    """The others are made, those after it of the same subject, too."""
    world.outbox.subscribe(EVERYTHING)
    order = of_its_own_buyer("ord_1")
    world.orders.add(order)
    world.orders.save(*order.settle(PaymentId("pay_1"), NOON))
    closed(world, "ord_2")
    world.outbox.relay(10, NOON)
    world.damage_delivery("order/ord_1/1/0")

    told = sorted(event.name() for event in drained(world.outbox, [EVERYTHING.name]))
    assert told == ["OrderClosed", "SharePaid"]
    (backlog,) = world.outbox.backlog()
    assert (backlog.waiting, backlog.given_up) == (0, 1)
    assert world.faults() == ["delivery"]
