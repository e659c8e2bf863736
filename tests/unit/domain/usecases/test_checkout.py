from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.checkouts import MOST_REQUESTS, CheckoutSession
from koda.domain.model.errors import (
    Conflict,
    InvalidValue,
    KodaError,
    NotFound,
    OrderInProgress,
    PaymentRefused,
    PriceChanged,
    RequestKeyReused,
    StaleWrite,
    Unavailable,
)
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, CheckoutSessionId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.revise_automation import Revision
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.threads import at_once

Arrange = Callable[[Marketplace, Principal, Automation], CheckoutRequest]


def request(*automations: Automation, **more: Any) -> CheckoutRequest:
    """The request for a basket of `automations`."""
    return CheckoutRequest(
        automation_ids=tuple(automation.id for automation in automations), **more
    )


def _own(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    own = market.list_automation(market.ready_seller("bea"))
    return request(poster, own)


def _owned(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    market.buy(bea, poster)
    return request(poster)


def _withdrawn(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    market.withdraw_automation(market.person("ada"), poster.id)
    return request(poster)


def _suspended(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    market.moderate_automation(
        market.person("root", Role.ADMIN), poster.id, "A buyer reported it.", suspended=True
    )
    return request(poster)


def _restricted(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    account = market.provider.open_account(poster.seller_id)
    market.provider.restrict(account, Restricted(sentence("requirements.past_due")))
    market.confirm_onboarding(poster.seller_id)
    return request(poster)


def _repriced(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    market.revise_automation(market.person("ada"), poster.id, Revision(price="13"))
    return request(poster, expected_total=Money(1250, "EUR"))


def _many(market: Marketplace, bea: Principal, poster: Automation) -> CheckoutRequest:
    return CheckoutRequest(automation_ids=tuple(AutomationId(f"aut_{n}") for n in range(101)))


REFUSALS: dict[str, Arrange] = {
    "empty_basket": lambda *_: request(),
    "duplicate_line": lambda _, __, poster: request(poster, poster),
    "too_many_lines": _many,
    "not_found": lambda *_: CheckoutRequest(automation_ids=(AutomationId("aut_x"),)),
    "own_automation": _own,
    "already_owned": _owned,
    "not_for_sale": _withdrawn,
    "not_for_sale (suspended)": _suspended,
    "seller_not_ready": _restricted,
    "price_changed": _repriced,
}


@pytest.mark.parametrize("name", REFUSALS)
def test_basket_that_cannot_be_bought_is_refused_by_its_own_code(
    market: Marketplace, bea: Principal, poster: Automation, name: str
) -> None:
    """Each obstacle has its code, and no session is opened."""
    asked = REFUSALS[name](market, bea, poster)
    before = dict(market.provider.sessions)

    with pytest.raises(KodaError) as refused:
        market.checkout(bea, asked)

    assert refused.value.code == name.split(maxsplit=1)[0]
    assert market.provider.sessions == before


def test_new_checkout_closes_those_that_share_a_line(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """At the provider too, so that a thing is never paid twice; the other checkouts stay."""
    both = market.order(bea, poster, mailer)
    theirs = market.order(market.person("eve"), poster)
    other = market.list_automation(market.person("ada"), title="Tidy up")
    apart = market.order(bea, other)
    alone = market.order(bea, poster)

    states = {order.id: market.payments.find(session(order)).state for order in (both, alone)}
    assert states == {both.id: PaymentState.EXPIRED, alone.id: PaymentState.OPEN}
    assert market.orders.get(both.id).state is OrderState.EXPIRED
    for order in (theirs, apart, alone):
        assert market.orders.get(order.id) == order


def test_new_price_takes_the_place_of_the_old_one(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Until the buyer checks out again, the page that is open asks what it showed."""
    old = market.order(bea, poster)
    market.revise_automation(market.person("ada"), poster.id, Revision(price="13"))
    assert market.payments.find(session(old)).state is PaymentState.OPEN
    new = market.order(bea, poster)

    assert market.payments.find(session(old)).state is PaymentState.EXPIRED
    assert new.total == Money(1300, "EUR")


@pytest.mark.parametrize("settled", [True, False])
def test_what_is_being_paid_is_not_ordered_with_more(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    *,
    settled: bool,
) -> None:
    """The money is there or on its way, and no message came yet; no second way to pay is opened."""
    first = market.order(bea, poster)
    if settled:
        market.provider.pay(session(first))
    else:
        market.provider.pay_later(session(first))
    with pytest.raises(OrderInProgress) as refused:
        market.order(bea, mailer, poster)

    assert refused.value.order_id == first.id
    assert list(market.provider.sessions) == [session(first)]
    assert market.view_open_orders(bea) == (first,)


def test_order_that_is_closed_while_its_checkout_opens_leaves_no_way_to_pay(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The session that nobody else knows of is closed again."""
    closing = market.but(payments=ClosingMeanwhile(market))
    order = closing.checkout(bea, request(poster))

    assert (order.state, order.checkout) == (OrderState.EXPIRED, None)
    (opened,) = market.provider.sessions
    assert market.payments.find(opened).state is PaymentState.EXPIRED


def test_order_that_is_offered_and_closed_meanwhile_is_answered_as_it_is(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Whoever closed it closed the session that they knew of."""
    closing = market.but(payments=ClosingMeanwhile(market, offered=True))
    order = closing.checkout(bea, request(poster))

    assert order.state is OrderState.EXPIRED
    assert order.checkout is not None


def test_buyer_who_pays_in_the_last_moment_is_not_sent_to_pay_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The checkout was about to be closed, and was paid when it should be."""
    order = market.order(bea, poster)
    market.pass_time(minutes=59, seconds=30)
    quick = market.but(payments=PayingMeanwhile(market))
    with pytest.raises(OrderInProgress):
        quick.checkout(bea, request(poster))

    assert market.orders.get(order.id) == order


class PayingMeanwhile:
    """A provider at which a session is paid just before it is closed."""

    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def close_checkout(self, session_id: CheckoutSessionId) -> Payment:
        """Close it, too late."""
        self._market.provider.pay(session_id)
        return self._market.payments.close_checkout(session_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market.payments, name)


class ClosingMeanwhile:
    """A provider at which every order is closed while its session is opened."""

    def __init__(self, market: Marketplace, *, offered: bool = False) -> None:
        self._market, self._offered = market, offered

    def open_checkout(self, order: Order, expires_at: datetime) -> CheckoutSession:
        """Open it, and let somebody else close the order, which they may have offered."""
        checkout = self._market.payments.open_checkout(order, expires_at)
        if self._offered:
            order = self._market.orders.save(order.offered(checkout))
        self._market.orders.save(*order.close(OrderState.EXPIRED, self._market.clock()))
        return checkout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market.payments, name)


def test_checkout_that_the_provider_forgot_is_closed_here(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It stands in nobody's way."""
    forgotten = market.order(bea, poster, mailer)
    del market.provider.sessions[session(forgotten)]
    market.order(bea, poster)

    assert market.orders.get(forgotten.id).state is OrderState.EXPIRED


def test_order_is_what_the_store_says(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Prices, fees, sellers and the session's end come from the marketplace alone."""
    order = market.checkout(bea, request(poster, mailer, expected_total=Money(3250, "EUR")))

    assert [(line.price.minor, line.fee.minor, line.seller_id) for line in order.lines] == [
        (1250, 188, "user_ada"),
        (2000, 300, "user_cyd"),
    ]
    assert order == market.orders.get(order.id) == market.orders.find_by_checkout(session(order))
    assert order.checkout
    assert order.checkout.expires_at == order.created_at + timedelta(hours=1)


def test_changed_total_is_told(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """What was expected and what it is."""
    with pytest.raises(PriceChanged) as refused:
        market.checkout(bea, request(poster, expected_total=Money(1000, "EUR")))

    assert refused.value.data() == {"expected": 1000, "actual": 1250, "currency": "EUR"}


def test_same_basket_is_the_same_session_while_it_is_open(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """In any order of lines, until a minute before the session ends."""
    order = market.order(bea, poster, mailer)
    market.pass_time(minutes=58, seconds=59)

    assert market.order(bea, mailer, poster) == order
    assert len(market.provider.sessions) == 1


def test_declined_payment_leaves_the_session_open(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The buyer may try another card in the same session."""
    order = market.order(bea, poster)
    market.provider.decline(session(order))

    assert market.order(bea, poster) == order


def _expire(market: Marketplace, order: Order) -> None:
    market.provider.expire(session(order))


def _fail(market: Marketplace, order: Order) -> None:
    market.provider.pay_later(session(order))
    market.provider.settle(session(order), succeed=False)


@pytest.mark.parametrize(
    "close",
    [_expire, _fail, lambda market, _: market.pass_time(minutes=59)],
    ids=["expired", "failed", "about to expire"],
)
def test_closed_session_gives_way_to_a_new_order(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    close: Callable[[Marketplace, Order], None],
) -> None:
    """Also before the provider's message about it has arrived."""
    first = market.order(bea, poster)
    close(market, first)
    second = market.order(bea, poster)

    assert second.id != first.id
    assert market.orders.get(first.id).state is OrderState.EXPIRED


@pytest.mark.parametrize("pay", ["pay", "pay_later"])
def test_basket_that_is_paid_already_is_in_progress(
    market: Marketplace, bea: Principal, poster: Automation, pay: str
) -> None:
    """Nobody is sent to pay again for what is on its way."""
    order = market.order(bea, poster)
    getattr(market.provider, pay)(session(order))

    with pytest.raises(OrderInProgress) as refused:
        market.order(bea, poster)
    assert refused.value.order_id == order.id


def test_changed_price_is_another_order(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """The open order keeps the price that it was made at."""
    first = market.order(bea, poster)
    market.revise_automation(ada, poster.id, Revision(price="15"))
    second = market.order(bea, poster)

    assert [market.orders.get(order.id).total.minor for order in (first, second)] == [1250, 1500]


def test_buyers_have_their_own_orders(market: Marketplace, poster: Automation) -> None:
    """The same basket of somebody else is another order."""
    orders = [market.order(market.person(name), poster) for name in ("bea", "eve")]

    assert orders[0].id != orders[1].id


def test_checkout_goes_on_where_it_was_cut_off(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The order without a session is offered at the next call."""
    cut = market.but(payments=Failing(market.payments, 1))
    with pytest.raises(Unavailable):
        cut.order(bea, poster)
    order = market.order(bea, poster)

    assert order.id == "ord_00000002"
    assert list(market.provider.sessions) == [session(order)]


def test_order_that_was_never_offered_is_left_behind(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """After five minutes a new one begins."""
    with market.provider.outage(), pytest.raises(Unavailable):
        market.order(bea, poster)
    market.pass_time(minutes=5)

    assert market.order(bea, poster).id == "ord_00000003"


def test_session_that_the_provider_forgot_gives_way_once_it_is_over(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Until then nobody can tell whether it was paid."""
    order = market.order(bea, poster)
    forgotten = market.provider.sessions.pop(session(order))
    with pytest.raises(NotFound):
        market.order(bea, poster)
    assert market.view_order(bea, order.id).order == order
    market.pass_time(hours=1)

    assert market.order(bea, poster).id != order.id
    assert forgotten.id not in market.provider.sessions


def test_refused_payment_can_be_asked_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What the provider refused leaves no session behind."""
    account = market.provider.open_account(poster.seller_id)
    market.provider.require(account, "iban")
    with pytest.raises(PaymentRefused):
        market.order(bea, poster)
    market.provider.complete_onboarding(account)

    assert market.order(bea, poster).checkout is not None


# --- request keys ---------------------------------------------------------------------------------


def test_same_request_key_is_the_same_order(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """In whatever state it is by then."""
    asked = request(poster, request_key="k1")
    order = market.checkout(bea, asked)

    assert market.checkout(bea, asked) == order
    paid = market.pay(order)
    assert market.checkout(bea, asked) == paid


def test_request_key_goes_on_where_it_was_cut_off(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The order made under the key gets its session."""
    asked = request(poster, request_key="k1")
    with market.provider.outage(), pytest.raises(Unavailable):
        market.checkout(bea, asked)

    assert market.checkout(bea, asked).checkout is not None


def test_request_key_of_an_order_that_was_never_offered_answers_with_it_closed(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """It is too old to be offered; another key begins anew."""
    asked = request(poster, request_key="k1")
    with market.provider.outage(), pytest.raises(Unavailable):
        market.checkout(bea, asked)
    market.pass_time(hours=2)
    late = market.checkout(bea, asked)

    assert (late.state, late.checkout) == (OrderState.EXPIRED, None)
    assert market.checkout(bea, request(poster, request_key="k2")).checkout is not None


def test_reused_request_key_is_refused(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """One key, one basket, in one order of lines."""
    market.checkout(bea, request(poster, mailer, request_key="k1"))

    for other in (request(poster, request_key="k1"), request(mailer, poster, request_key="k1")):
        with pytest.raises(RequestKeyReused):
            market.checkout(bea, other)


def test_request_key_covers_what_was_expected_to_be_paid(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A total that was not agreed to is not answered with the order that was."""
    total = poster.listing.price
    expected = request(poster, request_key="k1", expected_total=total)
    market.checkout(bea, expected)
    market.checkout(bea, request(poster, request_key="k2"))

    for other in (
        request(poster, request_key="k1", expected_total=Money(total.minor // 2, total.currency)),
        request(poster, request_key="k1"),
    ):
        with pytest.raises(RequestKeyReused):
            market.checkout(bea, other)
    assert market.checkout(bea, expected).total == total


def test_request_key_that_meets_an_open_order_is_remembered(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It answers with that order from then on, paid or not, and with no other."""
    order = market.checkout(bea, request(poster, mailer))
    turned = request(mailer, poster, request_key="k2")
    assert market.checkout(bea, turned).id == order.id
    assert market.checkout(bea, turned).id == order.id
    assert market.checkout(bea, request(poster, mailer, request_key="k3")).id == order.id

    for other in (request(poster, request_key="k2"), request(poster, mailer, request_key="k2")):
        with pytest.raises(RequestKeyReused):
            market.checkout(bea, other)
    market.pay(market.orders.get(order.id))
    assert market.checkout(bea, turned).id == order.id


def test_request_key_that_meets_an_order_which_changes_meanwhile_is_remembered(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Somebody else saved it, the same request for example: it is looked at again."""
    order = market.checkout(bea, request(poster))
    crowded = market.fail("orders.save", after=True, error=StaleWrite("order", order.id))

    assert crowded.checkout(bea, request(poster, request_key="k2")).id == order.id
    assert market.orders.get(order.id).asked("k2") is not None


def test_an_open_order_answers_so_many_request_keys(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """More are refused, with a way out; those that it answers go on."""
    for number in range(MOST_REQUESTS):
        market.checkout(bea, request(poster, request_key=f"k{number}"))

    with pytest.raises(InvalidValue, match="request_key: is one of more than 20"):
        market.checkout(bea, request(poster, request_key="k20"))
    assert market.checkout(bea, request(poster, request_key="k0")).state is OrderState.OPEN


def test_request_keys_are_each_buyers_own(market: Marketplace, poster: Automation) -> None:
    """Nobody gets another's order by guessing a key."""
    asked = request(poster, request_key="k1")
    orders = [market.checkout(market.person(name), asked) for name in ("bea", "eve")]

    assert [order.buyer_id for order in orders] == ["user_bea", "user_eve"]


@pytest.mark.parametrize("key", ["", "a b", "\xe9", "a" * 256, "a\n", 5])
def test_odd_request_key_is_refused(key: Any) -> None:
    """One to 255 visible ASCII characters."""
    with pytest.raises(InvalidValue, match=r"^request_key: "):
        CheckoutRequest(automation_ids=(), request_key=key)


# --- at once --------------------------------------------------------------------------------------


def test_twenty_clicks_open_one_session(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Whoever comes at the same time gets the same order."""
    orders = at_once(20, lambda _: market.order(bea, poster))

    assert len({order.id for order in orders}) == 1
    assert len(market.provider.sessions) == 1


def test_twenty_repeats_of_a_request_open_one_session(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """With a request key, too."""
    asked = request(poster, request_key="k1")
    orders = at_once(20, lambda _: market.checkout(bea, asked))

    assert {order.id for order in orders} == {orders[0].id}


def test_request_key_used_for_two_baskets_at_once_serves_one(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The other is told that the key is taken, though it was free when it looked."""
    market.checkout(bea, request(poster, request_key="k1"))
    early = market.but(orders=Early(market.orders, "find_by_request"))

    with pytest.raises(RequestKeyReused):
        early.checkout(bea, request(mailer, request_key="k1"))


def test_order_made_under_the_same_key_meanwhile_is_returned(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """In whatever state it is by then."""
    order = market.checkout(bea, request(poster, request_key="k1"))
    market.provider.expire(session(order))
    closed = market.deliver(order)
    early = market.but(orders=Early(market.orders, "find_by_request"))

    assert early.checkout(bea, request(poster, request_key="k1")) == closed


def test_order_of_the_same_basket_made_meanwhile_is_returned(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """There was none when it looked, and one when it added its own."""
    order = market.order(bea, poster)
    early = market.but(orders=Early(market.orders, "find_open"))

    assert early.order(bea, poster) == order


class Early:
    """A store of orders in which the first look by one method comes too early."""

    def __init__(self, orders: Any, method: str) -> None:
        self._orders = orders
        self._method = method

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._orders, name)
        self._method = ""
        return lambda *_: None


def test_order_closed_by_another_meanwhile_is_no_obstacle(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Two callers may close the same expired order; both go on."""
    first = market.order(bea, poster)
    market.provider.expire(session(first))
    late = market.but(orders=Overtaken(market.orders))

    assert late.order(bea, poster).id != first.id


def test_session_saved_by_another_meanwhile_is_returned(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Of two callers who open the same session one saves it, and both return it."""
    late = market.but(orders=Overtaken(market.orders))
    order = late.order(bea, poster)

    assert order == market.orders.get(order.id)
    assert order.checkout is not None


class Overtaken:
    """A store of orders in which somebody else saves the same thing just before the first save."""

    def __init__(self, orders: Any) -> None:
        self._orders = orders
        self._saved = False

    def save(self, order: Order, events: Sequence[DomainEvent] = ()) -> Order:
        """Save twice at the first call: as somebody else, then as the caller."""
        if not self._saved:
            self._saved = True
            self._orders.save(order, events)
        saved: Order = self._orders.save(order, events)
        return saved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)


def test_listing_in_another_currency_is_refused(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A listing from before the marketplace changed its currency is not sold."""
    foreign = evolve(poster, listing=evolve(poster.listing, price=Money(1250, "USD")))
    market.automations.save(foreign)

    with pytest.raises((Conflict, InvalidValue)):
        market.order(bea, poster)
    assert not market.provider.sessions
