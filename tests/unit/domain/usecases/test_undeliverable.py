"""Payments of what an admin suspended before they were known: the money goes back by itself."""

from datetime import timedelta

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import KodaError, PurchaseRefunded, Unavailable
from koda.domain.model.events import LinesUndeliverable
from koda.domain.model.identifiers import AccountId
from koda.domain.model.notices import (
    ListingNotice,
    Notice,
    Receipt,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.roles import Role
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def suspend(market: Marketplace, automation: Automation, *, suspended: bool = True) -> None:
    """An admin stops a listing, or puts it back."""
    root = market.person("root", Role.ADMIN)
    market.moderate_automation(root, automation.id, "A buyer reported it.", suspended=suspended)


def late(market: Marketplace, order: Order, *stopped: Automation) -> Order:
    """Pay an order of which some listings are suspended before the message arrives."""
    market.provider.pay(session(order))
    for automation in stopped:
        suspend(market, automation)
    market.deliver(order)
    return market.capture(order)


def money(market: Marketplace) -> dict[str, int]:
    """What everybody holds at the provider, in cents."""
    holders = ("platform", "acct_ada", "acct_cyd")
    return {holder: market.provider.balance(AccountId(holder)) for holder in holders}


def books(market: Marketplace) -> dict[str, int]:
    """The balance of each account that is not even, in cents."""
    balances = market.journal.balances(market.clock() + timedelta(days=1))
    return {balance.account.name: balance.minor for balance in balances if balance.minor}


def told(market: Marketplace) -> list[tuple[type[Notice], str]]:
    """Who was told what of the order; of the suspension its seller is told as well."""
    sent = [(type(notice), notice.user_id) for notice in market.notices.sent]
    return [pair for pair in sent if pair[0] is not ListingNotice]


def test_whole_payment_goes_back(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """The fee included, from whom it went to; the books say that nothing was sold."""
    order = late(market, market.order(bea, poster), poster)

    assert (order.settled, order.undeliverable, order.refunded) == (True, (1,), order.total)
    assert money(market) == {"platform": 0, "acct_ada": 0, "acct_cyd": 0}
    assert not books(market)
    with pytest.raises(PurchaseRefunded):
        market.authorize_download(bea, poster.id)


def test_buyer_and_seller_are_told_why(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Once each: of the refund that follows from it nobody is told again."""
    order = late(market, market.order(bea, poster), poster)
    market.record_purchase(session(order))

    assert told(market) == [
        (UndeliverableNotice, "user_bea"),
        (UndeliveredSaleNotice, "user_ada"),
    ]


def test_other_lines_are_delivered_and_paid(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Of several sellers only the suspended line goes back, and its seller gets nothing."""
    events: list[LinesUndeliverable] = []
    market.on(LinesUndeliverable)(events.append)
    order = late(market, market.order(bea, poster, mailer), poster)

    assert (order.settlement.delivered, order.undeliverable) == ((2,), (1,))
    assert money(market) == {"platform": 300, "acct_ada": 0, "acct_cyd": 1700}
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}
    assert {(kind, who) for kind, who in told(market)} == {
        (Receipt, "user_bea"),
        (UndeliverableNotice, "user_bea"),
        (UndeliveredSaleNotice, "user_ada"),
        (SaleNotice, "user_cyd"),
    }
    assert [(event.lines, event.total) for event in events] == [((1,), poster.listing.price)]


def test_seller_keeps_what_else_they_sold_by_the_same_charge(
    market: Marketplace, bea: Principal, ada: Principal, poster: Automation
) -> None:
    """The charge paid them all; only the net of the suspended line comes back."""
    other = market.list_automation(ada, title="Tidy up", price="5")
    late(market, market.order(bea, poster, other), poster)

    assert money(market) == {"platform": 75, "acct_ada": 425, "acct_cyd": 0}
    assert books(market) == {"provider": 75, "revenue:user_ada": -75}


def test_slow_payment_that_arrives_after_the_listing_was_suspended_goes_back(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A session whose payment is under way cannot be closed."""
    order = market.order(bea, poster)
    market.provider.pay_later(session(order))
    suspend(market, poster)
    market.provider.settle(session(order))
    market.deliver(order)

    assert market.capture(order).undeliverable == (1,)
    assert not books(market)


def test_what_was_bought_before_stays_bought(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Whoever had it waits, and has it again once the listing is reinstated."""
    order = market.buy(bea, poster)
    suspend(market, poster)
    again = market.record_purchase(session(order)).order
    suspend(market, poster, suspended=False)

    assert (again, again.undeliverable) == (order, ())
    assert market.authorize_download(bea, poster.id).expires_at > market.clock()


def test_listing_that_its_seller_withdrew_is_delivered(
    market: Marketplace, bea: Principal, ada: Principal, poster: Automation
) -> None:
    """Its files stay for those who bought it."""
    order = market.order(bea, poster)
    market.withdraw_automation(ada, poster.id)

    assert market.pay(order).settlement.delivered == (1,)


def test_reinstated_listing_may_be_bought_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What went back stays so, whatever becomes of the listing."""
    order = late(market, market.order(bea, poster), poster)
    suspend(market, poster, suspended=False)
    market.record_purchase(session(order))
    anew = market.buy(bea, poster)

    bought = market.purchases.find(bea.user_id, poster.id)
    assert bought is not None
    assert (bought.order_id, bought.state) == (anew.id, PurchaseState.ACTIVE)
    assert market.orders.get(order.id).refunded == order.total


@pytest.mark.parametrize("call", ["purchases.record", "payments.refund", "orders.save"])
@pytest.mark.parametrize("after", [False, True])
def test_decision_is_kept_where_the_process_ended(
    market: Marketplace, bea: Principal, poster: Automation, call: str, *, after: bool
) -> None:
    """Once the purchase is recorded, reinstating the listing delivers nothing."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    market.pass_time(seconds=1)
    suspend(market, poster)
    with pytest.raises(Unavailable):
        market.fail(call, after=after).record_purchase(session(order))
    recorded = call != "purchases.record" or after
    if recorded:
        suspend(market, poster, suspended=False)
    again = market.deliver(order)

    assert (again.settled, again.undeliverable) == (True, (1,))
    assert not books(market)


def test_store_of_listings_that_is_down_records_nothing(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The message comes again."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    with pytest.raises(KodaError):
        market.fail("automations.some").record_purchase(session(order))

    assert market.purchases.find(bea.user_id, poster.id) is None
    assert market.deliver(order).settlement.delivered == (1,)
