from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AlreadyOwned,
    CorruptRecord,
    NotFound,
    PaymentMismatch,
    PaymentRefused,
    StaleWrite,
    Unavailable,
)
from koda.domain.model.event import DomainEventId
from koda.domain.model.events import DomainEvent
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.notices import DoublePaymentNotice, HeldSaleNotice, Receipt, SaleNotice
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window


def money(market: Marketplace) -> dict[str, int]:
    """What everybody holds at the provider, in minor units."""
    holders = ("platform", "acct_ada", "acct_cyd")
    return {holder: market.provider.balance(AccountId(holder)) for holder in holders}


def test_one_seller_is_paid_by_the_charge(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The fee stays, the rest is the seller's, and nothing needs a transfer."""
    order = market.buy(bea, poster)

    assert (order.state, order.payment_id, order.settled_at) == (
        OrderState.PAID,
        f"pay_{order.id}",
        market.clock(),
    )
    assert money(market) == {"platform": 188, "acct_ada": 1062, "acct_cyd": 0}
    assert not market.provider.transfers


def test_several_sellers_are_paid_by_transfers(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each gets their net; the fees stay."""
    market.buy(bea, poster, mailer)

    assert money(market) == {"platform": 488, "acct_ada": 1062, "acct_cyd": 1700}


def test_every_line_becomes_a_purchase(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Its buyer has it, at the price that was paid."""
    market.buy(bea, poster, mailer)
    bought = [market.purchases.find(bea.user_id, automation.id) for automation in (poster, mailer)]

    assert [
        (purchase.price.minor, purchase.fee.minor, purchase.live) for purchase in bought if purchase
    ] == [
        (1250, 188, True),
        (2000, 300, True),
    ]


def test_repeats_change_nothing(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The webhook, the success page and reconciliation may all call, any number of times."""
    order = market.buy(bea, poster, mailer)
    held, told = money(market), list(market.notices.sent)
    for _ in range(3):
        recorded = market.record_purchase(session(order))

        assert (recorded.order, recorded.payment) == (order, PaymentState.PAID)
    assert (money(market), market.notices.sent) == (held, told)


def test_settled_order_is_asked_for_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What happened since is not hidden; its own page alone shows it without asking."""
    order = market.buy(bea, poster)
    with market.provider.outage():
        with pytest.raises(Unavailable):
            market.record_purchase(session(order))
        seen = market.view_order(bea, order.id)

    assert (seen.order, seen.payment) == (order, PaymentState.PAID)


def test_repeat_before_the_order_is_settled_pays_nobody_twice(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """An order that was not saved as settled goes through every step again, without effect."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    market.record_purchase(session(order))
    held = money(market)
    forgetful = market.but(orders=Forgetful(market.orders, order))
    forgetful.record_purchase(session(order))

    assert money(market) == held
    assert len(market.purchases.of_buyer(bea.user_id, 10).items) == 2
    assert len(market.notices.sent) == 3


class Forgetful:
    """A store of orders that first shows `order` as it was."""

    def __init__(self, orders: Any, order: Order) -> None:
        self._orders = orders
        self._order = order

    def find_by_checkout(self, _: CheckoutSessionId) -> Order:
        """The order as it was."""
        return self._order

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)


def test_buyer_and_sellers_are_told_once(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """A receipt of everything, and to each seller their own lines."""
    order = market.buy(bea, poster, mailer)
    market.deliver(order, copy=2)

    now = market.clock()
    subjects = "order/{0}", "share/{0}:user_ada", "share/{0}:user_cyd"
    told = [
        DomainEventId(f"{subject.format(order.id)}/{order.revision}/{number}")
        for number, subject in enumerate(subjects)
    ]
    assert market.notices.sent == [
        Receipt(told[0], now, bea.user_id, order.id, order.lines, Money(3250, "EUR")),
        SaleNotice(told[1], now, UserId("user_ada"), order.id, order.lines[:1], Money(1062, "EUR")),
        SaleNotice(told[2], now, UserId("user_cyd"), order.id, order.lines[1:], Money(1700, "EUR")),
    ]


def test_marketplace_without_fee_and_one_that_keeps_all(bea: Principal) -> None:
    """At 0 % all is the sellers', at 100 % nothing, and nothing is transferred."""
    for rate, held in ((0, (0, 1250, 2000)), (10_000, (3250, 0, 0))):
        market = Marketplace(Policy(fee_basis_points=rate))
        poster = market.list_automation(market.ready_seller("ada"))
        mailer = market.list_automation(market.ready_seller("cyd"), price="20")
        market.buy(bea, poster, mailer)

        assert tuple(money(market).values()) == held


# --- not paid -------------------------------------------------------------------------------------


def _nothing(market: Marketplace, order: Order) -> None:
    """The buyer does nothing."""


def _decline(market: Marketplace, order: Order) -> None:
    market.provider.decline(session(order))


def _pay_later(market: Marketplace, order: Order) -> None:
    market.provider.pay_later(session(order))


def _fail(market: Marketplace, order: Order) -> None:
    _pay_later(market, order)
    market.provider.settle(session(order), succeed=False)


def _expire(market: Marketplace, order: Order) -> None:
    market.provider.expire(session(order))


Happening = Callable[[Marketplace, Order], None]
UNPAID: dict[str, tuple[Happening, PaymentState, OrderState]] = {
    "untouched": (_nothing, PaymentState.OPEN, OrderState.OPEN),
    "declined": (_decline, PaymentState.OPEN, OrderState.OPEN),
    "processing": (_pay_later, PaymentState.PROCESSING, OrderState.OPEN),
    "failed": (_fail, PaymentState.FAILED, OrderState.FAILED),
    "expired": (_expire, PaymentState.EXPIRED, OrderState.EXPIRED),
}


@pytest.mark.parametrize("name", UNPAID)
def test_unpaid_session_gives_nothing(
    market: Marketplace, bea: Principal, poster: Automation, name: str
) -> None:
    """However often it is looked at, before and after somebody else did."""
    happen, payment, state = UNPAID[name]
    order = market.order(bea, poster)
    happen(market, order)
    for _ in range(2):
        recorded = market.record_purchase(session(order))

        assert (recorded.payment, recorded.order.state) == (payment, state)
    assert market.purchases.find(bea.user_id, poster.id) is None
    assert not market.notices.sent


def test_slow_payment_gives_access_once_it_arrives(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Not while it is processing."""
    order = market.order(bea, poster)
    market.provider.pay_later(session(order))
    assert market.deliver(order).state is OrderState.OPEN
    market.provider.settle(session(order))

    assert market.deliver(order).state is OrderState.PAID
    assert market.purchases.owned(bea.user_id, [poster.id]) == {poster.id}


def test_order_closed_too_early_is_settled_when_it_was_paid(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What the provider holds is the truth, whatever was known before."""
    order = market.order(bea, poster)
    market.orders.save(*order.close(OrderState.EXPIRED, market.clock()))
    market.provider.pay(session(order))

    assert market.deliver(order).state is OrderState.PAID
    assert money(market)["acct_ada"] == 1062


def test_late_message_of_expiry_does_not_close_a_paid_order(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Messages only say that something changed."""
    order = market.order(bea, poster)
    market.provider.expire(session(order))
    stale = market.provider.event_of(session(order))
    market.provider.sessions[session(order)] = evolve(
        market.provider.session(session(order)), state=PaymentState.OPEN
    )
    market.pay(order)
    market.handle_payment_event(*stale)

    assert market.orders.get(order.id).state is OrderState.PAID


# --- paid, but not for this -----------------------------------------------------------------------


def _cheaper(order: Order) -> Order:
    line = evolve(order.lines[0], price=Money(1, "EUR"), fee=Money(0, "EUR"))
    return evolve(order, lines=(line, *order.lines[1:]))


def _in_dollars(order: Order) -> Order:
    lines = (
        evolve(line, price=Money(line.price.minor, "USD"), fee=Money(line.fee.minor, "USD"))
        for line in order.lines
    )
    return evolve(order, lines=tuple(lines))


def _to_eve(order: Order) -> Order:
    lines = (evolve(line, account_id=AccountId("acct_eve")) for line in order.lines)
    return evolve(order, lines=tuple(lines))


def _without_fee(order: Order) -> Order:
    return evolve(order, lines=tuple(evolve(line, fee=Money(0, "EUR")) for line in order.lines))


def _of_nobody(order: Order) -> Order:
    return evolve(order, id=OrderId("ord_forged"))


FORGERIES = {
    "amount": _cheaper,
    "currency": _in_dollars,
    "destination": _to_eve,
    "fee": _without_fee,
    "order": _of_nobody,
}


def pay_forged(market: Marketplace, order: Order, forge: Callable[[Order], Order]) -> None:
    """Let the order's session be paid as if it had been opened for another order."""
    opened = market.provider.session(session(order))
    paid = evolve(opened, order=forge(order)).charged(PaymentState.PAID)
    market.provider.sessions[session(order)] = paid


def given_away(market: Marketplace, buyer: Principal) -> tuple[Any, ...]:
    """Everything that a payment could have led to."""
    provider = market.provider
    bought = market.purchases.of_buyer(buyer.user_id, 100).items
    return (*bought, *provider.transfers, *provider.refunds, *market.notices.sent)


@pytest.mark.parametrize("what", FORGERIES)
def test_payment_that_does_not_fit_gives_nothing(
    market: Marketplace, bea: Principal, poster: Automation, what: str
) -> None:
    """Somebody must look; the order stays as it was."""
    order = market.order(bea, poster)
    pay_forged(market, order, FORGERIES[what])

    with pytest.raises(PaymentMismatch) as refused:
        market.record_purchase(session(order))
    assert refused.value.order_id == order.id
    assert given_away(market, bea) == ()
    assert market.orders.get(order.id) == order


@pytest.mark.parametrize("what", ["amount", "currency", "order"])
def test_payment_that_does_not_fit_several_sellers_gives_nothing(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, what: str
) -> None:
    """No transfer is made out of money that is not there."""
    order = market.order(bea, poster, mailer)
    pay_forged(market, order, FORGERIES[what])

    with pytest.raises(PaymentMismatch):
        market.record_purchase(session(order))
    assert given_away(market, bea) == ()


@pytest.mark.parametrize("state", PaymentState)
def test_foreign_session_neither_pays_nor_closes_an_order(
    market: Marketplace, bea: Principal, poster: Automation, state: PaymentState
) -> None:
    """A session that names an order of ours but is not the one that was opened for it."""
    order = market.order(bea, poster)
    foreign = CheckoutSessionId("cs_foreign")
    opened = market.provider.session(session(order)).charged(state)
    checkout = evolve(opened.checkout, id=foreign)
    market.provider.sessions[foreign] = evolve(opened, checkout=checkout)

    with pytest.raises(PaymentMismatch, match="checkout session"):
        market.record_purchase(foreign)
    assert market.orders.get(order.id) == order
    assert given_away(market, bea) == ()


@pytest.mark.parametrize("name", ["cs_unknown", "cs_ord_00000002/../x"])
def test_unknown_session_is_not_found(market: Marketplace, name: str) -> None:
    """Made-up ids lead nowhere."""
    with pytest.raises(NotFound):
        market.record_purchase(CheckoutSessionId(name))


def test_session_of_an_unknown_order_is_not_found(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A session of the same provider account that is not of this marketplace."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))

    with pytest.raises(NotFound):
        Marketplace(payments=market.payments).record_purchase(session(order))


# --- paid twice -----------------------------------------------------------------------------------


def test_second_payment_of_one_seller_goes_back(
    market: Marketplace, bea: Principal, ada: Principal, poster: Automation
) -> None:
    """The whole of it, the fee included, and the buyer is told."""
    first = market.order(bea, poster)
    second = order_in_another_window(market, bea, poster, _other(market, ada))
    market.pay(first)
    held = money(market)
    told = len(market.notices.sent)
    waiting = market.pay(second)
    assert [due.waits for due in waiting.settlement.due] == [HoldReason.PENDING]
    assert not waiting.settled
    assert market.capture(second).settled

    assert market.provider.balance(AccountId("acct_ada")) == held["acct_ada"] + 425
    assert market.provider.balance(AccountId("platform")) == held["platform"] + 75
    assert [type(notice) for notice in market.notices.sent[told:]] == [
        Receipt,
        DoublePaymentNotice,
        SaleNotice,
    ]


def _other(market: Marketplace, seller: Principal) -> Automation:
    """Another automation of the same seller, for 5.00 EUR."""
    return market.list_automation(seller, title="Tidy up", price="5")


def test_basket_paid_twice_goes_back_as_a_whole(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Two orders of one thing, both open when the first was paid."""
    first = market.order(bea, poster)
    market.orders.save(*first.close(OrderState.EXPIRED, market.clock()))
    second = market.order(bea, poster)
    market.pay(first)
    held = money(market)
    market.pay(second)
    double = market.capture(second)
    refund = next(iter(market.provider.refunds.values())).request

    assert money(market) == held
    assert (refund.order_id, refund.amount, refund.fee, refund.destination) == (
        double.id,
        Money(1250, "EUR"),
        Money(188, "EUR"),
        "acct_ada",
    )
    assert [type(notice) for notice in market.notices.sent[2:]] == [DoublePaymentNotice]
    assert market.deliver(second, copy=2) == double
    assert money(market) == held


def test_double_line_of_several_sellers_goes_back_alone(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The other seller is paid, the first one only once, and the fee of one line stays."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    held = money(market)
    market.pay(both)
    refund = next(iter(market.provider.refunds.values())).request

    assert (refund.amount, refund.destination, refund.fee) == (Money(1250, "EUR"), None, None)
    assert money(market) == {
        "platform": held["platform"] + 300,
        "acct_ada": held["acct_ada"],
        "acct_cyd": 1700,
    }


def test_double_gives_no_second_purchase(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The library holds each automation once, and it stays the first order's."""
    both = market.order(bea, poster, mailer)
    first = market.pay(order_in_another_window(market, bea, poster))
    market.pay(both)
    library = market.view_library(bea).items

    assert sorted(entry.purchase.automation_id for entry in library) == sorted(
        [poster.id, mailer.id]
    )
    bought = market.purchases.find(bea.user_id, poster.id)
    assert bought is not None
    assert bought.order_id == first.id
    with pytest.raises(AlreadyOwned):
        market.order(bea, poster)


# --- refused by the provider ----------------------------------------------------------------------


def test_seller_who_cannot_receive_keeps_nobody_else_from_theirs(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The order is paid and told of once; what was refused is passed on by a later call.

    Its seller hears first that nothing was paid out, and of their money once it has moved.
    """
    order = market.order(bea, poster, mailer)
    ada = AccountId("acct_ada")
    market.provider.restrict(ada, Restricted(sentence("listed")))
    market.provider.pay(session(order))
    for _ in range(2):
        market.record_purchase(session(order))
    paid = market.orders.get(order.id)
    assert (paid.state, paid.settled) == (OrderState.PAID, False)
    assert market.purchases.owned(bea.user_id, [poster.id, mailer.id]) == {poster.id, mailer.id}
    assert money(market) == {"platform": 1550, "acct_ada": 0, "acct_cyd": 1700}
    market.provider.complete_onboarding(ada)
    market.pass_time(hours=1)
    settled = market.record_purchase(session(order)).order

    assert (settled.paid_at, settled.settled_at) == (paid.paid_at, market.clock())
    assert money(market) == {"platform": 488, "acct_ada": 1062, "acct_cyd": 1700}
    assert [(type(notice), notice.user_id) for notice in market.notices.sent] == [
        (Receipt, "user_bea"),
        (SaleNotice, "user_cyd"),
        (HeldSaleNotice, "user_ada"),
        (SaleNotice, "user_ada"),
    ]
    held = market.notices.sent[2]
    assert isinstance(held, HeldSaleNotice)
    assert (held.lines, held.net, held.reason, held.occurred_at) == (
        order.lines[:1],
        Money(1062, "EUR"),
        HoldReason.ACCOUNT,
        paid.paid_at,
    )


def test_buyer_who_paid_sees_it_whatever_happens_between_the_others(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """A refused transfer is no matter of the buyer's."""
    order = market.order(bea, poster, mailer)
    market.provider.restrict(AccountId("acct_ada"), Restricted(sentence("listed")))
    market.provider.pay(session(order))
    seen = market.view_order(bea, order.id)

    assert (seen.order.state, seen.payment) == (OrderState.PAID, PaymentState.PAID)


def test_double_goes_back_though_its_seller_has_the_money_no_more(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What the seller's bank has already the seller owes the provider, not the buyer."""
    first = market.order(bea, poster)
    market.orders.save(*first.close(OrderState.EXPIRED, market.clock()))
    second = market.order(bea, poster)
    market.pay(first)
    market.provider.pay(session(second))
    market.provider.pay_out(AccountId("acct_ada"))
    market.deliver(second)
    double = market.capture(second)
    (refund,) = (kept.request for kept in market.provider.refunds.values())

    assert double.settled
    assert (refund.amount, refund.seller_pays) == (Money(1250, "EUR"), True)
    assert money(market) == {"platform": 188, "acct_ada": -1062, "acct_cyd": 0}


def test_double_goes_back_though_its_sellers_part_is_refused(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What cannot be taken from the seller is the marketplace's loss, not the buyer's."""
    first = market.order(bea, poster)
    market.orders.save(*first.close(OrderState.EXPIRED, market.clock()))
    second = market.order(bea, poster)
    market.pay(first)
    market.provider.pay(session(second))
    refused = PaymentRefused(sentence("not today"))
    double = market.fail("payments.refund", error=refused).deliver(second)
    (refund,) = (kept.request for kept in market.provider.refunds.values())

    assert double.settled
    assert (refund.amount, refund.seller_pays) == (Money(1250, "EUR"), False)
    assert money(market)["platform"] == 188 + 188 - 1250


def test_double_that_cannot_go_back_leaves_the_order_unsettled(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Of several sellers the marketplace gives back; where even that is refused, somebody looks."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    stuck = market.but(payments=NoRefunds(market.payments))
    order = stuck.record_purchase(session(both)).order

    assert order.state is OrderState.PAID
    assert [due.waits for due in order.settlement.due] == [HoldReason.REFUSED]
    assert not market.deliver(both).settled
    market.pass_time(minutes=5)
    assert market.deliver_charge(both).settled
    assert len(market.provider.refunds) == 1


class NoRefunds:
    """A provider that gives nothing back."""

    def __init__(self, payments: Any) -> None:
        self._payments = payments

    def refund(self, _: Any) -> None:
        """Refuse."""
        raise PaymentRefused(sentence("not today"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payments, name)


# --- overtaken ------------------------------------------------------------------------------------


@pytest.mark.parametrize("happen", [_expire, _fail])
def test_order_closed_by_another_meanwhile_stays_closed(
    market: Marketplace, bea: Principal, poster: Automation, happen: Happening
) -> None:
    """Whoever saves second reads again and finds nothing to do."""
    order = market.order(bea, poster)
    happen(market, order)
    closed = market.record_purchase(session(order)).order
    late = market.but(orders=Forgetful(market.orders, order))

    assert late.record_purchase(session(order)).order == closed


def test_settling_after_another_change_reads_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A stale order is read again and settled; everybody is told once."""
    order = market.order(bea, poster)
    market.orders.save(*order.close(OrderState.EXPIRED, market.clock()))
    market.provider.pay(session(order))
    late = market.but(orders=Forgetful(market.orders, order))
    with pytest.raises(StaleWrite):
        market.orders.save(order)
    settled = late.record_purchase(session(order)).order

    assert settled == market.orders.get(order.id)
    assert settled.settled
    assert len(market.notices.sent) == 2


class Stuck:
    """Orders that are kept under other revisions than they say, as damaged rows are."""

    def __init__(self, orders: Any) -> None:
        self._orders = orders

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)

    def save(self, order: Order, _: Sequence[DomainEvent]) -> Order:
        """Take none."""
        raise StaleWrite("order", order.id)


@pytest.mark.parametrize("paid", [True, False])
def test_order_that_no_save_changes_is_told_rather_than_tried_for_ever(
    market: Marketplace, bea: Principal, poster: Automation, *, paid: bool
) -> None:
    """Whether its payment came or ran out."""
    order = market.checkout(bea, CheckoutRequest(automation_ids=(poster.id,)))
    if paid:
        market.provider.pay(session(order))
    else:
        market.provider.expire(session(order))

    with pytest.raises(CorruptRecord, match="not kept under its revision"):
        market.but(orders=Stuck(market.orders)).record_purchase(session(order))


def test_basket_of_an_order_that_no_save_changes_is_told(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """It can be neither closed nor paid."""
    market.checkout(bea, CheckoutRequest(automation_ids=(poster.id,)))
    market.clock.advance(market.policy.checkout_lifetime)

    with pytest.raises(CorruptRecord, match="not kept under its revision"):
        market.but(orders=Stuck(market.orders)).checkout(
            bea, CheckoutRequest(automation_ids=(poster.id,))
        )
