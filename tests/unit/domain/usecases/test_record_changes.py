"""What became of a payment, before it is recorded and after: both end the same."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.charges import part_of
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import (
    CorruptRecord,
    KodaError,
    NotFound,
    PurchaseDisputed,
    PurchaseRefunded,
    PurchaseRevoked,
    StaleWrite,
)
from koda.domain.model.event import Event
from koda.domain.model.events import (
    AccessRestored,
    AccessSuspended,
    OrderPaid,
    PurchaseRecorded,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.events import PurchaseRefunded as RefundTold
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AccountId, PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.notices import Receipt, SaleNotice
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

Happening = Callable[[Marketplace, Order], object]


def eur(minor: int) -> Money:
    """So many cents."""
    return Money(minor, "EUR")


def access(market: Marketplace, buyer: Principal, *things: Automation) -> list[object]:
    """For each thing whether `buyer` gets a link, or why not."""

    def to(thing: Automation) -> object:
        try:
            market.authorize_download(buyer, thing.id)
        except KodaError as refused:
            return type(refused)
        return True

    return [to(thing) for thing in things]


def refund_line(market: Marketplace, order: Order, number: int) -> None:
    """Koda refunds a line of several sellers' order."""
    line = order.lines[number - 1]
    payment_id = PaymentId(f"pay_{order.id}")
    market.payments.refund(Refund(order.id, payment_id, part_of(number), line.price))


def wholly(market: Marketplace, order: Order) -> None:
    """Somebody gives all of it back."""
    market.provider.refund(session(order))


def first_line(market: Marketplace, order: Order) -> None:
    """Koda gives the first line back."""
    refund_line(market, order, 1)


def partly(market: Marketplace, order: Order) -> None:
    """Somebody gives back what is no line."""
    market.provider.refund(session(order), eur(83))


def disputed(market: Marketplace, order: Order) -> None:
    """The bank takes it."""
    market.provider.dispute(session(order))


def lost(market: Marketplace, order: Order) -> None:
    """The bank keeps it."""
    dispute_id = market.provider.dispute(session(order))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)


def won(market: Marketplace, order: Order) -> None:
    """The bank takes it and gives it back."""
    dispute_id = market.provider.dispute(session(order))
    market.provider.move_dispute(dispute_id, DisputeState.WON)


def asked(market: Marketplace, order: Order) -> None:
    """The bank only asks."""
    market.provider.dispute(session(order), state=DisputeState.INQUIRY)


def failed(market: Marketplace, order: Order) -> None:
    """A refund of all of it comes back."""
    refund_id = market.provider.refund(session(order))
    market.provider.settle_refund(refund_id, RefundState.FAILED)


# What happens, to what each of two lines opens, and what is passed on if it happened before.
HAPPENINGS: dict[str, tuple[Happening, list[object], dict[str, int]]] = {
    "refunded": (wholly, [PurchaseRefunded] * 2, {}),
    "line refunded": (first_line, [PurchaseRefunded, True], {"acct_cyd": 1700}),
    "refunded in part": (partly, [True, True], {}),
    "disputed": (disputed, [PurchaseDisputed] * 2, {}),
    "lost": (lost, [PurchaseDisputed] * 2, {}),
    "won": (won, [True, True], {"acct_ada": 1062, "acct_cyd": 1700}),
    "inquiry": (asked, [True, True], {"acct_ada": 1062, "acct_cyd": 1700}),
    "refund failed": (failed, [True, True], {"acct_ada": 1062, "acct_cyd": 1700}),
}


def passed_on(market: Marketplace) -> dict[str, int]:
    """What each account got by transfers."""
    made = market.provider.transfers.values()
    return {transfer.account_id: transfer.amount.minor for transfer in made}


@pytest.mark.parametrize("name", HAPPENINGS)
def test_what_came_before_recording_is_neither_delivered_nor_paid_out(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, name: str
) -> None:
    """But for what is left of it."""
    happen, opens, passed = HAPPENINGS[name]
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    happen(market, order)
    market.deliver(order)

    assert access(market, bea, poster, mailer) == opens
    assert passed_on(market) == passed


@pytest.mark.parametrize("name", HAPPENINGS)
def test_what_comes_after_recording_ends_as_if_it_had_come_before(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, name: str
) -> None:
    """For the buyer; what was passed on by then is not taken back."""
    happen, opens, _ = HAPPENINGS[name]
    order = market.buy(bea, poster, mailer)
    happen(market, order)
    market.deliver_charge(order)

    assert access(market, bea, poster, mailer) == opens
    assert passed_on(market) == {"acct_ada": 1062, "acct_cyd": 1700}


def told_of(market: Marketplace) -> list[Event]:
    """Every event that is told from now on."""
    told: list[Event] = []
    market.on(OrderPaid, PurchaseRecorded, RefundTold, name="bought")(told.append)
    market.on(AccessSuspended, AccessRestored, ShareHeld, SharePaid, name="changed")(told.append)
    return told


def kinds(told: list[Event]) -> set[type[Event]]:
    """What kinds of events these are."""
    return {type(event) for event in told}


def test_what_went_back_before_recording_is_told_to_nobody(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """No mail says that it is the buyer's, or that anything was sold."""
    told = told_of(market)
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    wholly(market, order)
    settled = market.deliver(order)

    assert settled.settled
    assert (told, market.notices.sent) == ([], [])


def test_dispute_before_recording_opens_and_pays_out_once_it_is_won(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Only then is anybody told that something was bought, and of money that moved."""
    told = told_of(market)
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    dispute_id = market.provider.dispute(session(order))
    held = market.deliver(order)
    before = kinds(told)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    settled = market.deliver_charge(order)

    assert [share.reason for share in held.settlement.held] == [HoldReason.DISPUTED] * 2
    assert (held.settled, settled.settled) == (False, True)
    assert (before, kinds(told)) == (
        {ShareHeld},
        {ShareHeld, PurchaseRecorded, OrderPaid, SharePaid},
    )
    assert access(market, bea, poster, mailer) == [True, True]
    assert passed_on(market) == {"acct_ada": 1062, "acct_cyd": 1700}
    assert sum(isinstance(notice, Receipt) for notice in market.notices.sent) == 1


def test_what_never_gave_access_is_told_to_nobody_when_it_goes_back(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Disputed when it was recorded, then won, and refunded before anybody looked."""
    told = told_of(market)
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    dispute_id = market.provider.dispute(session(order))
    market.deliver(order)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    wholly(market, order)

    assert market.deliver_charge(order).settled
    assert told == []
    assert access(market, bea, poster) == [PurchaseRefunded]


def test_one_seller_is_told_of_a_disputed_sale_once_it_is_won(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The charge has paid them; nothing is held by the marketplace."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    dispute_id = market.provider.dispute(session(order))
    disputed_order = market.deliver(order)
    assert disputed_order.settlement.held == ()
    assert market.notices.sent == []
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)

    assert [type(notice) for notice in market.notices.sent] == [Receipt, SaleNotice]


def test_changes_of_a_purchase_are_told_as_they_come(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Suspended, restored, refunded, and restored again once the refund failed."""
    order = market.buy(bea, poster)
    told = told_of(market)
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)
    refund_id = market.provider.refund(session(order))
    market.deliver_charge(order)
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    market.deliver_charge(order)
    market.deliver_charge(order, copy=2)

    assert [type(event) for event in told] == [
        AccessSuspended,
        AccessRestored,
        RefundTold,
        AccessRestored,
    ]


def test_unmatched_refund_asks_for_a_person(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The order names it, and the sellers' money waits with the reason."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    refund_id = market.provider.refund(session(order), eur(83))
    recorded = market.deliver(order)

    assert recorded.settlement.unmatched == (refund_id,)
    assert [share.reason for share in recorded.settlement.held] == [HoldReason.REFUND_UNMATCHED] * 2
    assert not recorded.settled


def test_settled_order_with_an_unmatched_refund_is_settled_no_more(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Until it turns out to have failed."""
    order = market.buy(bea, poster, mailer)
    refund_id = market.provider.refund(session(order), eur(83))
    assert not market.deliver_charge(order).settled
    market.provider.settle_refund(refund_id, RefundState.FAILED)

    assert market.deliver_charge(order).settled


def test_refund_by_hand_of_the_only_line_is_of_that_line(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """There is no other; it is done once it has arrived."""
    order = market.buy(bea, poster)
    market.provider.next_refund = RefundState.PENDING
    refund_id = market.provider.refund(session(order), eur(83))
    waiting = market.deliver_charge(order)
    market.provider.settle_refund(refund_id, RefundState.SUCCEEDED)
    settled = market.deliver_charge(order)

    assert [due.waits for due in waiting.settlement.due] == [HoldReason.PENDING]
    assert (settled.refunded, settled.settled) == (eur(83), True)


def test_what_came_back_is_passed_on_again_once_a_refund_failed(
    market: Marketplace, bea: Principal, ada: Principal, poster: Automation, mailer: Automation
) -> None:
    """By a second transfer to each seller: the first was reversed."""
    other = market.list_automation(ada, title="Tidy up", price="5")
    order = market.buy(bea, poster, mailer, other)
    refund_id = market.provider.refund(session(order))
    market.deliver_charge(order)
    assert [market.provider.balance(AccountId(f"acct_{name}")) for name in ("ada", "cyd")] == [0, 0]
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    settled = market.deliver_charge(order)

    assert market.provider.balance(AccountId("acct_ada")) == 425 + 1062
    assert [(share.lines, share.net.minor) for share in settled.settlement.paid] == [
        ((1, 3), 1487),
        ((), 1487),
        ((2,), 1700),
        ((), 1700),
    ]
    assert settled.settled


def test_share_refused_once_is_passed_on_under_another_key(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The provider repeats a refusal under the same key for a day."""
    order = market.order(bea, poster, mailer)
    market.provider.restrict(AccountId("acct_ada"), Restricted(sentence("listed")))
    market.provider.pay(session(order))
    held = market.record_purchase(session(order)).order.settlement.held
    market.provider.complete_onboarding(AccountId("acct_ada"))
    market.pass_time(minutes=5)

    assert [(share.reason, share.refusals.count) for share in held] == [(HoldReason.ACCOUNT, 1)]
    assert market.record_purchase(session(order)).order.settled


def test_share_is_passed_on_once_its_seller_can_be_paid(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """At once, however long the provider was not to be asked again; others wait."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    for name in ("ada", "cyd"):
        market.provider.restrict(AccountId(f"acct_{name}"), Restricted(sentence("listed")))
    market.record_purchase(session(order))
    for name in ("ada", "cyd"):
        market.confirm_onboarding(UserId(f"user_{name}"))
    market.provider.complete_onboarding(AccountId("acct_ada"))
    market.confirm_onboarding(UserId("user_ada"))

    held = market.orders.get(order.id).settlement.held
    assert [share.seller_id for share in held] == ["user_cyd"]
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert held[0].refusals.count == 1


# --- doubles --------------------------------------------------------------------------------------


@pytest.fixture
def double(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """An order of two sellers whose first line was paid twice, paid and not recorded yet."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    return both


def dues(order: Order) -> list[tuple[int, HoldReason | None, int]]:
    """What has to go back still."""
    return [(due.line, due.waits, due.refusals.count) for due in order.settlement.due]


def test_double_whose_refund_is_under_way_is_due_until_it_is_done(
    market: Marketplace, double: Order
) -> None:
    """Nothing else waits, and it is made once."""
    market.provider.next_refund = RefundState.PENDING
    waiting = market.deliver(double)
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, RefundState.SUCCEEDED)

    assert dues(waiting) == [(1, HoldReason.PENDING, 0)]
    assert passed_on(market) == {"acct_cyd": 1700}
    assert market.deliver_charge(double).settled
    assert len(market.provider.refunds) == 1


@pytest.mark.parametrize("settled", [False, True])
def test_double_whose_refund_fails_is_refunded_anew(
    market: Marketplace, double: Order, *, settled: bool
) -> None:
    """Whether it seemed done by then or not."""
    market.provider.next_refund = RefundState.SUCCEEDED if settled else RefundState.FAILED
    first = market.deliver(double)
    assert first.settled == settled
    if settled:
        (refund_id,) = market.provider.refunds
        market.provider.settle_refund(refund_id, RefundState.FAILED)
    else:
        assert not market.deliver_charge(double).settled
        market.pass_time(minutes=5)
    again = market.deliver_charge(double)

    assert again.settled
    states = [kept.state for kept in market.provider.refunds.values()]
    assert states == [RefundState.FAILED, RefundState.SUCCEEDED]


def test_double_in_a_disputed_payment_does_not_go_back(market: Marketplace, double: Order) -> None:
    """The bank has the money; once the dispute is won, it does."""
    dispute_id = market.provider.dispute(session(double))
    waiting = market.deliver(double)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    settled = market.deliver_charge(double)

    assert dues(waiting) == [(1, HoldReason.DISPUTED, 0)]
    assert settled.settled
    assert len(market.provider.refunds) == 1


def test_double_that_somebody_gave_back_is_not_given_back_again(
    market: Marketplace, double: Order
) -> None:
    """All of the payment went back already."""
    wholly(market, double)

    assert market.deliver(double).settled
    assert len(market.provider.refunds) == 1


def test_what_was_bought_anew_meanwhile_goes_back_when_the_first_refund_fails(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Nobody has a thing twice: the first purchase is a double by now."""
    first = market.buy(bea, poster)
    refund_id = market.provider.refund(session(first))
    market.deliver_charge(first)
    second = market.buy(bea, poster)
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    market.pass_time(seconds=1)
    again = market.deliver_charge(first)

    bought = market.purchases.find(bea.user_id, poster.id)
    assert bought is not None
    assert bought.order_id == second.id
    assert (again.doubles, again.settled) == ((1,), True)
    assert access(market, bea, poster) == [True]


# --- overtaken ------------------------------------------------------------------------------------


class Late:
    """Payments of which the first look is an old one, and `meanwhile` happens after it."""

    def __init__(self, payments: Any, meanwhile: Callable[[], object]) -> None:
        self._payments = payments
        self._meanwhile = meanwhile
        self._looked = False

    def find(self, session_id: Any) -> Any:
        """Look, and let something happen before the answer comes."""
        payment = self._payments.find(session_id)
        if not self._looked:
            self._looked = True
            self._meanwhile()
        return payment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payments, name)


@pytest.mark.parametrize("recorded", [False, True])
def test_old_answer_does_not_undo_a_newer_one(
    market: Marketplace, bea: Principal, poster: Automation, *, recorded: bool
) -> None:
    """Two look at once; the one whose answer is older looks again before it changes anything."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    if recorded:
        market.deliver(order)

    def meanwhile() -> None:
        wholly(market, order)
        market.record_purchase(session(order))

    late = market.but(payments=Late(market.payments, meanwhile))
    late.record_purchase(session(order))

    assert access(market, bea, poster) == [PurchaseRefunded]


class StuckPurchases:
    """Purchases that are kept under other revisions than they say, as damaged rows are."""

    def __init__(self, purchases: Any) -> None:
        self._purchases = purchases

    def __getattr__(self, name: str) -> Any:
        return getattr(self._purchases, name)

    def save(self, *_: Any) -> None:
        """Take none."""
        raise StaleWrite("purchase", "pur_1")


def test_purchase_that_no_save_changes_is_told_rather_than_tried_for_ever(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """As an order is."""
    order = market.buy(bea, poster)
    wholly(market, order)
    stuck = StuckPurchases(market.purchases)

    with pytest.raises(CorruptRecord, match="not kept under its revision"):
        market.but(purchases=stuck).record_purchase(session(order))


def test_revoked_purchase_stays_revoked(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """An admin has the last word."""
    order = market.buy(bea, poster)
    bought = market.purchases.find(bea.user_id, poster.id)
    assert bought is not None
    market.purchases.save(evolve(bought, state=PurchaseState.REVOKED))
    market.record_purchase(session(order))

    assert access(market, bea, poster) == [PurchaseRevoked]


# --- messages about charges -----------------------------------------------------------------------


def test_message_about_a_charge_records_what_was_not_recorded(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The one about the checkout may never come."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))

    assert market.capture(order).settled
    assert access(market, bea, poster) == [True]


def test_charge_of_an_order_without_a_checkout_is_not_found(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Somebody charged by hand what only looks like an order of ours."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    unknown = market.but(orders=WithoutCheckouts(market.orders))

    with pytest.raises(NotFound):
        unknown.record_purchase.of_charge(PaymentId(f"pay_{order.id}"))


class WithoutCheckouts:
    """Orders whose checkout was never kept."""

    def __init__(self, orders: Any) -> None:
        self._orders = orders

    def get(self, order_id: Any) -> Order:
        """The order as it was before it was offered."""
        order: Order = self._orders.get(order_id)
        return evolve(order, checkout=None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)
