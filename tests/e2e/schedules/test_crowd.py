from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import AccountId
from koda.domain.model.orders import Order
from koda.testing.marketplace import Marketplace
from tests.e2e.schedules.world import world_of
from tests.ledger.invariants import check_finally
from tests.ledger.oracle import PAID, Oracle
from tests.ledger.outside import MemoryOutside
from tests.servers.families import Family
from tests.support.sessions import session
from tests.support.threads import at_once

CROWD, REPEATS = 50, 10


def taken(market: Marketplace, order: Order, copy: int) -> None:
    """Deliver a message as the provider does: again, where a busy store did not answer in time."""
    for _ in range(REPEATS):
        with suppress(Unavailable):
            market.deliver(order, copy)
            return
    market.deliver(order, copy)


@pytest.mark.parametrize("messages", [1, CROWD])
def test_fifty_threads_with_the_same_message_make_one_purchase(
    stores: dict[str, Any], messages: int
) -> None:
    """One message fifty times, or fifty messages about one payment."""
    market = Marketplace(**stores)
    things = [market.list_automation(market.ready_seller(name)) for name in ("ada", "cyd")]
    oracle, outside = Oracle(), MemoryOutside(market)
    order = market.order(market.person("bea"), *things)
    oracle.opened(order)
    outside.pay(order)
    oracle.became(order, PAID)
    at_once(CROWD, lambda number: taken(market, order, number % messages))

    check_finally(market, outside, oracle)
    assert len(market.notices.sent) == 3
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert market.payment_inbox.pending(CROWD) == ()


@pytest.mark.slow
def test_fifty_requests_with_one_message_make_one_purchase(family: Family, tmp_path: Path) -> None:
    """Over HTTP, and Stripe's interface; whoever was too early is asked to come again."""
    with world_of(family, tmp_path) as world:
        world.seller("ada", "12.50")
        world.seller("cyd", "20")
        world.sandbox.webhooks.drain()
        world.sandbox.webhooks.hold()
        world.outside.begin([])
        oracle = Oracle()
        order = world.market.order(world.market.person("bea"), *world.listed)
        oracle.opened(order)
        world.outside.pay(order)
        world.sandbox.capture(session(order))
        oracle.became(order, PAID)
        (event,) = world.sandbox.events("checkout.session.completed")
        answers = world.sandbox.webhooks.deliver(event["id"], CROWD, concurrently=True)

        assert set(answers) <= {200, 503}
        assert 200 in answers
        assert world.sandbox.webhooks.deliver(event["id"]) == [200]
        check_finally(world.market, world.outside, oracle)
        assert len(world.market.notices.sent) == 3
        assert session(order) == event["data"]["object"]["id"]
