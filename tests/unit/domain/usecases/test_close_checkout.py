import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotForSale, SellerNotReady, Unavailable
from koda.domain.model.events import ListingSuspended, OrderPaid
from koda.domain.model.identifiers import AccountId, PaymentId
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.model.telling import told
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

GONE = Restricted(sentence("listed"))


def suspend(market: Marketplace, automation: Automation, *, suspended: bool = True) -> None:
    """An admin stops the sale of a listing, or lets it go on."""
    root = market.person("root", Role.ADMIN)
    market.moderate_automation(root, automation.id, suspended=suspended, reason="a complaint")


def state(market: Marketplace, order: Order) -> PaymentState:
    """Whether an order can be paid at the provider."""
    return market.payments.find(session(order)).state


def test_suspended_listing_can_be_paid_no_more(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Every open checkout that holds it is closed, whoever is at it; the others stay."""
    orders = [market.order(bea, poster), market.order(market.person("eve"), mailer, poster)]
    other = market.order(bea, mailer)
    suspend(market, poster)

    assert {state(market, order) for order in orders} == {PaymentState.EXPIRED}
    assert {market.orders.get(order.id).state for order in orders} == {OrderState.EXPIRED}
    assert state(market, other) is PaymentState.OPEN
    with pytest.raises(NotForSale):
        market.order(bea, poster)


def test_seller_who_can_be_paid_no_more_is_not_paid(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Their open checkouts are closed once the provider says so, and those of others stay."""
    order, other = market.order(bea, poster), market.order(bea, mailer)
    market.provider.restrict(AccountId("acct_ada"), GONE)
    market.confirm_onboarding(poster.seller_id)

    assert (state(market, order), state(market, other)) == (PaymentState.EXPIRED, PaymentState.OPEN)
    with pytest.raises(SellerNotReady):
        market.order(bea, poster)


def test_seller_who_becomes_ready_closes_nothing(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What is told late is looked up first."""
    market.provider.restrict(AccountId("acct_ada"), GONE)
    market.confirm_onboarding(poster.seller_id)
    market.provider.complete_onboarding(AccountId("acct_ada"))
    market.confirm_onboarding(poster.seller_id)

    assert state(market, market.order(bea, poster)) is PaymentState.OPEN


def test_listing_that_is_back_by_the_time_it_is_told_stays_payable(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """An event that comes late closes nothing that can be sold again."""
    suspend(market, poster)
    suspend(market, poster, suspended=False)
    order = market.order(bea, poster)
    late = ListingSuspended(
        automation_id=poster.id,
        seller_id=poster.seller_id,
        why="a complaint",
        **told("automation", poster.id, 1, market.clock()),
    )
    market.close_superseded(late)

    assert state(market, order) is PaymentState.OPEN


def test_buyer_who_was_quicker_keeps_the_order(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Its money is a matter of recording it."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    suspend(market, poster)

    assert market.orders.get(order.id) == order


def test_closing_goes_on_when_the_provider_answers_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Nothing is closed here that may still be paid there."""
    order = market.order(bea, poster)
    with market.provider.outage():
        suspend(market, poster)
        assert market.orders.get(order.id) == order
    market.pass_time(minutes=10)
    market.deliver_events()

    assert state(market, order) is PaymentState.EXPIRED
    assert market.orders.get(order.id).state is OrderState.EXPIRED


def test_order_without_a_session_is_closed_here(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Whoever was about to open its session finds it closed."""
    stopped = market.fail("payments.open_checkout")
    with pytest.raises(Unavailable):
        stopped.order(bea, poster)
    (order,) = market.view_open_orders(bea)
    suspend(market, poster)

    assert market.orders.get(order.id).state is OrderState.EXPIRED
    assert market.provider.sessions == {}


def test_other_events_close_nothing(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A subscriber is told of more than it wants where a team says so."""
    order = market.order(bea, poster)
    paid = OrderPaid(
        order_id=order.id,
        buyer_id=bea.user_id,
        payment_id=PaymentId("ch_1"),
        lines=(1,),
        total=order.total,
        **told("automation", poster.id, 1, market.clock()),
    )
    market.close_superseded(paid)

    assert state(market, order) is PaymentState.OPEN
