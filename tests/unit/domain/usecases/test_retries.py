"""Whatever fails at whatever step: the next call ends where an undisturbed one would have."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import AccountId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.submit_automation import Submission
from koda.testing.failing import Failing
from koda.testing.marketplace import DESCRIPTION, Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

Act = Callable[[Marketplace], object]


class Scene:
    """A marketplace just before something happens, and what happens."""

    def __init__(self, arrange: Callable[[Marketplace], Act]) -> None:
        self.market = Marketplace()
        self.act = arrange(self.market)

    def outcome(self) -> str:
        """All that is kept and held, but for how often it was written and which ids were drawn."""
        market = self.market
        bea, ada = market.person("bea"), market.person("ada")
        orders = [session.order.id for session in market.provider.sessions.values()]
        bought = market.purchases.of_buyer(bea.user_id, 100).items
        listed = market.view_listings(ada).items
        state = (
            sorted((evolve(market.orders.get(order), revision=0) for order in orders), key=_id),
            sorted((evolve(purchase, revision=0) for purchase in bought), key=_id),
            sorted((evolve(automation, revision=0) for automation in listed), key=_id),
            market.provider.transfers,
            market.provider.refunds,
            [market.provider.balance(AccountId(who)) for who in HOLDERS],
            market.view_seller(bea),
            sorted(market.journal.entries(EntryQuery(), 100).items, key=lambda entry: entry.key),
        )
        text = repr(state)
        for number, order_id in enumerate(orders):
            text = text.replace(order_id.removeprefix("ord_"), f"#{number}")
        return text


HOLDERS = ("platform", "acct_ada", "acct_cyd")


def _id(thing: Any) -> str:
    return str(thing.id)


def _two_sellers(market: Marketplace) -> tuple[Principal, Order, Order]:
    """A buyer with an open order of two sellers, and another of one of the same things."""
    poster = market.list_automation(market.ready_seller("ada"))
    mailer = market.list_automation(market.ready_seller("cyd"), price="20")
    bea = market.person("bea")
    both = market.order(bea, poster, mailer)
    return bea, both, order_in_another_window(market, bea, poster)


def several(market: Marketplace) -> Act:
    """Two sellers are paid by one charge."""
    _, both, _ = _two_sellers(market)
    market.provider.pay(session(both))
    return lambda seen: seen.handle_payment_event(*market.provider.event_of(session(both)))


def single(market: Marketplace) -> Act:
    """One seller is paid."""
    _, _, order = _two_sellers(market)
    market.provider.pay(session(order))
    return lambda seen: seen.handle_payment_event(*market.provider.event_of(session(order)))


def double(market: Marketplace) -> Act:
    """One line of two was bought before."""
    _, both, order = _two_sellers(market)
    market.pay(order)
    market.provider.pay(session(both))
    return lambda seen: seen.handle_payment_event(*market.provider.event_of(session(both)))


def direct_double(market: Marketplace) -> Act:
    """All of it was bought before."""
    _, both, order = _two_sellers(market)
    market.pay(both)
    market.provider.pay(session(order))
    return lambda seen: seen.handle_payment_event(*market.provider.event_of(session(order)))


def expired(market: Marketplace) -> Act:
    """The session closed unpaid."""
    _, both, _ = _two_sellers(market)
    market.provider.expire(session(both))
    return lambda seen: seen.handle_payment_event(*market.provider.event_of(session(both)))


def success_page(market: Marketplace) -> Act:
    """The buyer comes back before any message."""
    bea, both, _ = _two_sellers(market)
    market.provider.pay(session(both))
    return lambda seen: seen.view_order(bea, both.id)


def checkout(market: Marketplace) -> Act:
    """A basket is checked out."""
    poster = market.list_automation(market.ready_seller("ada"))
    asked = CheckoutRequest(automation_ids=(poster.id,), request_key="k1")
    bea = market.person("bea")
    return lambda seen: seen.checkout(bea, asked)


def listing(market: Marketplace) -> Act:
    """A seller lists an automation."""
    ada = market.ready_seller("ada")
    said: dict[str, Any] = {
        "title": "Flow",
        "description": DESCRIPTION,
        "price": "5",
        "category": "Sales",
    }
    asked = Submission(**said, platform="n8n", artifact=market.upload(ada))
    return lambda seen: seen.submit_automation(ada, asked)


def onboarding(market: Marketplace) -> Act:
    """Somebody becomes a seller."""
    bea = market.person("bea")
    return lambda seen: seen.onboard_seller(bea, HOME)


SCENES = (
    several,
    single,
    double,
    direct_double,
    expired,
    success_page,
    checkout,
    listing,
    onboarding,
)
PORTS = (
    "automations",
    "payment_inbox",
    "files",
    "journal",
    "orders",
    "payments",
    "payout_accounts",
    "people",
    "purchases",
    "sellers",
    "uploads",
)


def calls_of(arrange: Callable[[Marketplace], Act]) -> Iterator[tuple[str, int]]:
    """Every call of a port that the scene leads to: the port, and the how manieth call of it."""
    scene = Scene(arrange)
    counting = {port: Failing(getattr(scene.market, port)) for port in PORTS}
    scene.act(scene.market.but(**counting))
    for port, failing in counting.items():
        for nth in range(1, failing.calls + 1):
            yield port, nth


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("arrange", SCENES, ids=lambda scene: scene.__name__)
def test_retry_ends_where_an_undisturbed_call_would_have(
    arrange: Callable[[Marketplace], Act], after: bool
) -> None:
    """Each call fails once, before its effect or after it: nothing is lost or done twice."""
    undisturbed = Scene(arrange)
    undisturbed.act(undisturbed.market)

    for port, nth in calls_of(arrange):
        scene = Scene(arrange)
        failing = Failing(getattr(scene.market, port), nth, after=after)
        with suppress(Unavailable):
            scene.act(scene.market.but(**{port: failing}))
        scene.act(scene.market)
        told = scene.market.notices.sent

        assert failing.calls >= nth
        assert scene.outcome() == undisturbed.outcome(), f"call {nth} of {port}"
        assert len(told) == len(set(map(repr, told)))
        assert scene.market.payment_inbox.pending(10) == ()
