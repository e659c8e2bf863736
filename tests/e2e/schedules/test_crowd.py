from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.events import SqliteEvents
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.identifiers import AccountId
from koda.testing.marketplace import Marketplace
from tests.e2e.schedules.world import embedded
from tests.ledger.invariants import check_finally
from tests.ledger.oracle import PAID, Oracle
from tests.ledger.outside import MemoryOutside
from tests.sessions import session
from tests.threads import at_once

CROWD = 50


def in_sqlite(folder: Path) -> dict[str, Any]:
    """The stores that recording a purchase writes, in one SQLite file."""
    database = Database(folder / "koda.sqlite")
    return {
        "orders": SqliteOrders(database),
        "purchases": SqlitePurchases(database),
        "events": SqliteEvents(database),
    }


@pytest.mark.parametrize("stores", [lambda _: {}, in_sqlite], ids=["memory", "sqlite"])
@pytest.mark.parametrize("messages", [1, CROWD])
def test_fifty_threads_with_the_same_news_make_one_purchase(
    tmp_path: Path, stores: Callable[[Path], dict[str, Any]], messages: int
) -> None:
    """One message fifty times, or fifty messages about one payment."""
    market = Marketplace(**stores(tmp_path))
    things = [market.list_automation(market.ready_seller(name)) for name in ("ada", "cyd")]
    oracle, outside = Oracle(), MemoryOutside(market)
    order = market.order(market.person("bea"), *things)
    oracle.opened(order)
    outside.pay(order)
    oracle.became(order, PAID)
    at_once(CROWD, lambda number: market.deliver(order, copy=number % messages))

    check_finally(market, outside, oracle)
    assert len(market.notices.sent) == 3
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert market.events.pending(CROWD) == ()


@pytest.mark.slow
def test_fifty_requests_with_one_message_make_one_purchase(tmp_path: Path) -> None:
    """Over HTTP, on SQLite and Stripe's interface; whoever was too early is asked to come again."""
    with embedded(tmp_path) as world:
        world.seller("ada", "12.50")
        world.seller("cyd", "20")
        world.sandbox.webhooks.drain()
        world.sandbox.webhooks.hold()
        world.outside.begin([])
        oracle = Oracle()
        order = world.market.order(world.market.person("bea"), *world.listed)
        oracle.opened(order)
        world.outside.pay(order)
        oracle.became(order, PAID)
        (event,) = world.sandbox.events("checkout.session.completed")
        answers = world.sandbox.webhooks.deliver(event["id"], CROWD, concurrently=True)

        assert set(answers) <= {200, 503}
        assert 200 in answers
        check_finally(world.market, world.outside, oracle)
        assert len(world.market.notices.sent) == 3
        assert session(order) == event["data"]["object"]["id"]
