"""Moving what was refused: to sellers who can be paid, and from those who sold more."""

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound, StaleWrite
from koda.domain.model.events import PayoutStatusChanged
from koda.domain.model.identifiers import AccountId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.model.telling import told
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA = UserId("user_ada")


@pytest.fixture
def held(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> list[Order]:
    """Three orders that hold money from Ada; the first has lost its checkout session."""
    market.provider.restrict(AccountId("acct_ada"), Restricted(sentence("listed")))
    orders = []
    for name in ("bea", "fay"):
        order = market.order(market.person(name), poster, mailer)
        market.provider.pay(session(order))
        orders.append(market.record_purchase(session(order)).order)
    lost = evolve(orders[0], id=OrderId("ord_lost"), checkout=None, payment_id=None, revision=0)
    market.orders.add(lost)
    market.confirm_onboarding(ADA)
    return [lost, *orders]


def ready(market: Marketplace) -> PayoutStatusChanged:
    """Ada's account can receive; what tells of it is lost."""
    market.provider.complete_onboarding(AccountId("acct_ada"))
    market.fail("orders.listed", error=NotFound("order", "none")).confirm_onboarding(ADA)
    seller = market.sellers.find(ADA)
    assert seller is not None
    return PayoutStatusChanged(
        user_id=ADA, account_id=seller.account_id, status="ready", **told("seller", ADA, 9, NOON)
    )


def test_every_order_is_released(market: Marketplace, held: list[Order]) -> None:
    """Where it can be; one that has lost its checkout session waits for a person."""
    market.retry_refused(ready(market))

    assert [market.orders.get(order.id).settled for order in held] == [False, True, True]


def test_who_is_overtaken_leaves_it_to_the_other(market: Marketplace, held: list[Order]) -> None:
    """Whoever saved the order meanwhile passes it on, or the next comparison."""
    event = ready(market)
    stale = market.fail("orders.save", error=StaleWrite("order", held[-1].id))
    stale.retry_refused(event)

    settled = [market.orders.get(order.id).settled for order in held]
    assert sorted(settled) == [False, False, True]


def test_seller_who_was_deleted_gets_what_was_held(
    market: Marketplace, held: list[Order], bea: Principal
) -> None:
    """So does a buyer what they paid for: neither loses money that is under way."""
    for name in ("ada", "bea"):
        market.follow_people(*market.people_webhooks.removed(UserId(f"user_{name}"), NOON))
    market.provider.complete_onboarding(AccountId("acct_ada"))
    market.confirm_onboarding(ADA)

    assert market.provider.balance(AccountId("acct_ada")) == 2 * 1062
    assert market.orders.get(held[1].id).settled
    assert len(market.purchases.of_buyer(bea.user_id, 5).items) == 2


def test_what_a_seller_owes_is_taken_back_once_they_have_sold_more(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """At the next sale, and not when the provider is asked next by itself."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.pay_out(AccountId("acct_ada"))
    admin = market.person("joe", Role.ADMIN)
    owing = market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run"))
    assert [share.amount.minor for share in owing.settlement.owed] == [1062]
    (owed,) = market.view_held_sales.owed(market.ready_seller("ada"))
    assert (owed.order_id, owed.amount, owed.titles) == (
        order.id,
        Money(1062, "EUR"),
        (poster.listing.title,),
    )
    market.buy(market.person("fay"), poster)

    assert market.orders.get(order.id).settlement.owed == ()
    assert market.provider.balance(AccountId("acct_ada")) == 0
