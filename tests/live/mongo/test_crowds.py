"""Fifty at once: what the unique indexes of a live server decide, promise by promise."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.database import Database
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.mongo.uploads import MongoUploads
from koda.domain.model.errors import AlreadyExists, StaleWrite
from koda.domain.model.identifiers import AccountId, UserId
from koda.testing.contracts.orders_lists import a_checkout
from koda.testing.contracts.running import at_once, only_winner
from koda.testing.examples import (
    a_line,
    a_listing,
    a_purchase,
    a_seller,
    a_ticket,
    an_automation,
    an_order,
    asked,
)

CROWD = range(1, 51)
FEW_LABELS = a_listing(title="Mail", description="." * 20, tags=())
Add = Callable[[Database, int], Any]
ADDED: dict[str, tuple[str, Add]] = {
    "automation": (
        "automations",
        lambda kept, number: MongoAutomations(kept).add(
            an_automation(seller_id=UserId(f"user_{number}"), listing=FEW_LABELS)
        ),
    ),
    "seller": (
        "sellers",
        lambda kept, number: MongoSellers(kept).add(
            a_seller(account_id=AccountId(f"acct_{number}"))
        ),
    ),
    "payout account": (
        "sellers",
        lambda kept, number: MongoSellers(kept).add(
            a_seller(f"user_{number}", account_id=AccountId("acct_1"))
        ),
    ),
    "upload ticket": ("uploads", lambda kept, number: MongoUploads(kept).add(a_ticket())),
    "open order of a basket": (
        "orders",
        lambda kept, number: MongoOrders(kept).add(an_order(f"ord_{number}")),
    ),
    "request key": (
        "orders",
        lambda kept, number: MongoOrders(kept).add(
            an_order(f"ord_{number}", requests=asked("key"), lines=(a_line(number),))
        ),
    ),
    "checkout session": (
        "orders",
        lambda kept, number: MongoOrders(kept).add(
            an_order(f"ord_{number}", buyer_id=UserId(f"user_{number}"), checkout=a_checkout())
        ),
    ),
}


@pytest.mark.parametrize("promise", ADDED)
def test_of_fifty_who_add_one_wins(live: Database, promise: str) -> None:
    """The others are told, and nothing of theirs is kept."""
    collection, add = ADDED[promise]

    only_winner(at_once(partial(add, live, number) for number in CROWD), AlreadyExists)

    assert live.collection(collection).count_documents({}) == 1


def test_of_fifty_who_save_one_state_one_wins(live: Database) -> None:
    """The others are told that what they read is stale."""
    store = MongoSellers(live)
    store.add(a_seller("user_1", account_id=AccountId("acct_0")))
    nexts = [a_seller("user_1", account_id=AccountId(f"acct_{number}")) for number in CROWD]

    winner = only_winner(
        at_once(partial(store.save, automation) for automation in nexts), StaleWrite
    )

    assert (store.find(winner.user_id), winner.revision) == (winner, 1)


def test_of_fifty_paid_orders_of_one_thing_one_is_live(live: Database) -> None:
    """Each is kept, whoever comes first, and all but one are doubles."""
    store = MongoPurchases(live)
    paid = [a_purchase(an_order(f"ord_{number}")) for number in CROWD]

    at_once(partial(store.record, [purchase]) for purchase in paid)

    purchases = [store.get(purchase.id) for purchase in paid]
    assert sorted(purchase.double for purchase in purchases) == [False] + [True] * 49
    assert store.find(paid[0].buyer_id, paid[0].automation_id) in purchases
