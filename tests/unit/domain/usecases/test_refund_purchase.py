"""Refunds by line: who may make them, what moves, and what stays right however they go."""

from datetime import timedelta
from types import NoneType
from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.audit import AuditOutcome
from koda.domain.model.automations import Automation
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.charges import part_of
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import (
    Forbidden,
    InvalidValue,
    NotFound,
    NothingToRefund,
    PurchaseRefunded,
    RefundDisputed,
    RefundedMeanwhile,
    RefundTooLarge,
    RefundUnassigned,
    RequestKeyReused,
    StaleWrite,
    Unavailable,
    WrongState,
)
from koda.domain.model.events import LineRefunded
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AccountId, OrderId, PaymentId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_causes import RefundCause
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import an_order
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA, CYD = AccountId("acct_ada"), AccountId("acct_cyd")


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Somebody who may refund anything."""
    return market.person("joe", Role.ADMIN)


@pytest.fixture
def both(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """A settled order of Ada's for 12.50 and of Cyd's for 20.00, captured."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    return order


@pytest.fixture
def own(market: Marketplace, bea: Principal, poster: Automation) -> Order:
    """A settled order of Ada's alone, captured."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    return order


def refund(
    market: Marketplace, who: Principal, order: Order, line: int = 1, amount: str | None = None
) -> Order:
    """Refund a line, or `amount` of it."""
    return market.refund_purchase(who, RefundRequest(order.id, line, "it does not run", amount))


def balances(market: Marketplace, *accounts: AccountId) -> list[int]:
    """What sellers hold."""
    return [market.provider.balance(account) for account in accounts]


def books(market: Marketplace) -> dict[str, int]:
    """What is left in each account, in minor units."""
    entries = market.journal.entries(EntryQuery(), 200).items
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def eur(minor: int) -> Money:
    """An amount."""
    return Money(minor, "EUR")


# --- what moves -----------------------------------------------------------------------------------


def test_whole_line_of_several_sellers_comes_back_from_its_seller(
    market: Marketplace, bea: Principal, admin: Principal, both: Order, poster: Automation
) -> None:
    """Its buyer has the price, its seller gave the net, and the marketplace its fee."""
    order = refund(market, admin, both)

    assert order.settled
    assert balances(market, ADA, CYD) == [0, 1700]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}
    with pytest.raises(PurchaseRefunded):
        market.authorize_download(bea, poster.id)
    assert market.buy(bea, poster).settled


def test_part_of_a_line_leaves_its_buyer_the_file(
    market: Marketplace, bea: Principal, admin: Principal, both: Order, poster: Automation
) -> None:
    """Each part takes its share of the fee; together they are exactly the line."""
    for amount in ("3.33", "4.17"):
        order = refund(market, admin, both, 1, amount)
        assert order.settled
    market.authorize_download(bea, poster.id)
    assert balances(market, ADA) == [1062 - (333 - 50) - (417 - 63)]
    order = refund(market, admin, both)

    assert order.settlement.refunded(order.currency, 1) == eur(1250)
    assert [line.fee.minor for line in order.settlement.refunds] == [50, 63, 75]
    assert balances(market, ADA, CYD) == [0, 1700]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}


@pytest.mark.parametrize("amounts", [[None], ["3.33", "4.17", None]])
def test_line_that_the_charge_paid_comes_back_from_its_seller(
    market: Marketplace, admin: Principal, own: Order, amounts: list[str | None]
) -> None:
    """Who gets the exact fee of each part back, once the part is with the buyer."""
    for amount in amounts:
        order = refund(market, admin, own, 1, amount)
        assert order.settled

    assert balances(market, ADA) == [0]
    assert market.provider.balance(AccountId("platform")) == 0
    assert books(market) == {}


def test_refund_before_the_capture_waits_for_it(
    market: Marketplace, bea: Principal, admin: Principal, poster: Automation
) -> None:
    """It is decided, and done once the provider tells of the charge."""
    order = market.buy(bea, poster)
    waiting = refund(market, admin, order)

    assert [due.waits for due in waiting.settlement.due] == [HoldReason.PENDING]
    assert market.capture(order).settled
    assert balances(market, ADA) == [0]


def test_decision_is_kept_with_the_refund(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Who, why, when, under which id; and in the audit log."""
    (made,) = refund(market, admin, both).settlement.refunds
    (logged,) = market.audit_log.entries(10).items

    assert made.decision is not None
    assert (made.decision.by, made.decision.reason) == (admin.user_id, "it does not run")
    assert made.decision.at == market.clock()
    assert made.refund_id in market.provider.refunds
    assert (str(logged.subject), logged.reason) == (f"order/{both.id}", "it does not run")
    assert logged.outcome is AuditOutcome.DONE


def test_refund_is_told_once_it_has_arrived(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Not while it is under way."""
    told: list[Any] = []
    market.on(LineRefunded)(told.append)
    market.provider.next_refund = RefundState.PENDING
    order = refund(market, admin, both, 1, "2")
    assert told == []
    (made,) = order.settlement.refunds
    assert made.refund_id is not None
    market.provider.settle_refund(made.refund_id, RefundState.SUCCEEDED)
    market.deliver_charge(both)
    market.deliver_charge(both, copy=2)

    (event,) = told
    assert (event.line, event.amount, event.fee) == (1, eur(200), eur(30))
    assert (event.buyer_id, event.seller_id) == ("user_bea", "user_ada")


def test_refunds_of_a_period_are_listed(
    market: Marketplace, admin: Principal, ada: Principal, both: Order
) -> None:
    """When, of which order and line, under which id, by whom and why; those that failed, too."""
    by_hand = market.provider.refund(session(both), eur(100))
    market.deliver_charge(both)
    market.assign_refund(admin, RefundAssignment(both.id, by_hand, {2: "1"}, "by mail"))
    market.pass_time(hours=1)
    order = refund(market, admin, both, 1, "2")
    market.provider.settle_refund(by_hand, RefundState.FAILED)
    market.deliver_charge(both)
    everything = Period(both.created_at, market.clock() + timedelta(days=1))

    listed = list(market.view_refunds(admin, everything))
    assert [(told.refund_id, told.amount.minor, told.failed) for told in listed] == [
        (by_hand, 100, True),
        (order.settlement.refunds[-1].refund_id, 200, False),
    ]
    assert [(told.arrived, told.cause) for told in listed] == [
        (eur(0), RefundCause.ELSEWHERE),
        (eur(200), RefundCause.DECIDED),
    ]
    assert [told.decision and told.decision.reason for told in listed] == [
        "by mail",
        "it does not run",
    ]
    with pytest.raises(Forbidden):
        market.view_refunds(ada, everything)


# --- who may --------------------------------------------------------------------------------------


def test_seller_refunds_what_they_sold(market: Marketplace, ada: Principal, both: Order) -> None:
    """And nothing of others."""
    assert refund(market, ada, both).refunded == eur(1250)
    with pytest.raises(Forbidden):
        refund(market, ada, both, 2)


def test_nobody_else_refunds(market: Marketplace, bea: Principal, both: Order) -> None:
    """Not the buyer, not a moderator, and nobody in a seller's name."""
    ada = Principal(both.lines[0].seller_id, "sess_1", impersonator="user_joe")
    for who in (bea, ada):
        with pytest.raises(Forbidden):
            refund(market, who, both)
    with pytest.raises(NotFound):
        refund(market, market.person("moe", Role.MODERATOR), both)


def test_seller_with_a_role_refunds_what_others_sold(market: Marketplace, both: Order) -> None:
    """As anybody with that role."""
    cyd = market.person("cyd", Role.SUPPORT)

    assert refund(market, cyd, both, amount="1").refunded == eur(100)


def test_who_may_refund_is_offered_what_is_left(
    market: Marketplace, ada: Principal, bea: Principal, admin: Principal, both: Order
) -> None:
    """As far as is known here: the provider is not asked."""
    refund(market, admin, both, 1, "2")

    for who in (ada, admin):
        offer = market.refund_purchase.offer(who, both.id, 1)
        assert (offer.order.id, offer.line.number, offer.left) == (both.id, 1, eur(1050))
    with pytest.raises(Forbidden):
        market.refund_purchase.offer(bea, both.id, 1)


def test_amount_may_be_money(market: Marketplace, admin: Principal, both: Order) -> None:
    """As text, it is in the order's currency."""
    request = RefundRequest(both.id, 1, "it does not run", eur(100))

    assert market.refund_purchase(admin, request).refunded == eur(100)


def test_support_refunds_up_to_an_amount() -> None:
    """Which the policy says; an admin refunds the rest."""
    market = Marketplace(Policy(support_refund=500))
    order = market.buy(market.person("bea"), market.list_automation(market.ready_seller("ada")))
    sue = market.person("sue", Role.SUPPORT)
    with pytest.raises(RefundTooLarge, match=r"at most 5\.00 EUR"):
        refund(market, sue, order, 1, "5.01")

    assert refund(market, sue, order, 1, "5").refunded == eur(500)
    with pytest.raises(RefundTooLarge, match=r"at most 0\.00 EUR of this order"):
        refund(market, sue, order, 1, "0.01")
    joe = market.person("joe", Role.ADMIN)
    assert refund(market, joe, order, 1, "5.01").refunded == eur(1001)


def test_support_that_may_refund_nothing_is_offered_nothing() -> None:
    """An admin is; where the limit is less than what is left, the offer says so."""
    offers = []
    for most in (0, 500, 5000):
        market = Marketplace(Policy(support_refund=most))
        order = market.buy(market.person("bea"), market.list_automation(market.ready_seller("ada")))
        sue, joe = market.person("sue", Role.SUPPORT), market.person("joe", Role.ADMIN)
        offers.append(market.refund_purchase.offer(sue, order.id, 1))
        assert market.refund_purchase.offer(joe, order.id, 1).most is None

    assert [offer.most for offer in offers] == [eur(0), eur(500), None]
    assert [type(offer.obstacle) for offer in offers] == [RefundTooLarge, NoneType, NoneType]


# --- what is refused ------------------------------------------------------------------------------


def test_line_is_not_refunded_twice(market: Marketplace, admin: Principal, both: Order) -> None:
    """Nor a part that is not there any more."""
    refund(market, admin, both, 1, "12")
    with pytest.raises(InvalidValue, match=r"must be at most 0.50 EUR"):
        refund(market, admin, both, 1, "0.51")
    refund(market, admin, both)
    with pytest.raises(NothingToRefund):
        refund(market, admin, both)
    assert balances(market, ADA, CYD) == [0, 1700]


@pytest.mark.parametrize("amount", ["0", "-1", "much", "12.51", "1.001"])
def test_amount_that_cannot_be_is_refused(
    market: Marketplace, admin: Principal, both: Order, amount: str
) -> None:
    """Nothing is decided."""
    with pytest.raises(InvalidValue):
        refund(market, admin, both, 1, amount)

    assert market.orders.get(both.id) == both


def test_unknown_order_or_line_is_not_found(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Whoever asks."""
    with pytest.raises(NotFound, match="no order line '3'"):
        refund(market, admin, both, 3)
    with pytest.raises(NotFound, match="no order"):
        refund(market, admin, evolve(both, id=OrderId("ord_lost")))


def test_order_that_is_not_paid_is_not_refunded(
    market: Marketplace, bea: Principal, admin: Principal, poster: Automation
) -> None:
    """There is nothing to give back."""
    with pytest.raises(WrongState, match="is open"):
        refund(market, admin, market.order(bea, poster))


def test_reason_is_needed(market: Marketplace, admin: Principal, both: Order) -> None:
    """Nothing is decided without one."""
    with pytest.raises(InvalidValue):
        market.refund_purchase(admin, RefundRequest(both.id, 1, "  "))

    assert market.orders.get(both.id) == both


def test_disputed_payment_is_not_refunded(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """A dispute that was won forbids nothing."""
    dispute_id = market.provider.dispute(session(both))
    with pytest.raises(RefundDisputed):
        refund(market, admin, both)
    market.provider.move_dispute(dispute_id, DisputeState.WON)

    assert refund(market, admin, both).refunded == eur(1250)


def test_what_changed_meanwhile_is_looked_at_again(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Of two refunds at once one is told."""
    market.orders.save(both)
    with pytest.raises(StaleWrite):
        market.but(orders=_Old(market.orders, both)).refund_purchase(
            admin, RefundRequest(both.id, 1, "it does not run")
        )


class _Old:
    """Orders of which one is read as it was."""

    def __init__(self, orders: Any, old: Order) -> None:
        self._orders, self._old = orders, old

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)

    def get(self, _: OrderId) -> Order:
        """An old one."""
        return self._old


# --- what goes wrong ------------------------------------------------------------------------------


def test_provider_that_is_down_decides_nothing(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """It is asked what was refunded so far."""
    with market.provider.outage(), pytest.raises(Unavailable):
        refund(market, admin, both)

    assert market.orders.get(both.id) == both


@pytest.mark.parametrize("call", ["payments.refund", "payments.reverse", "journal.add"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_refund_that_was_cut_off_is_completed(
    market: Marketplace, admin: Principal, both: Order, call: str, *, after: bool
) -> None:
    """It was decided: a comparison goes on, and nothing moves twice."""
    begun = refund(market.fail(call, after=after), admin, both)
    assert not begun.settled
    market.reconcile_payments.recent()

    assert market.orders.get(both.id).settled
    assert balances(market, ADA, CYD) == [0, 1700]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}
    assert len(market.provider.refunds) == 1


def test_second_try_that_was_cut_off_is_waited_for(
    market: Marketplace, admin: Principal, own: Order
) -> None:
    """An order whose refund is on its way is not settled, or nobody would look at it again."""
    (made,) = refund(market, admin, own).settlement.refunds
    assert made.refund_id is not None
    market.provider.settle_refund(made.refund_id, RefundState.FAILED)
    market.provider.next_refund = RefundState.PENDING
    with pytest.raises(Unavailable):
        market.fail("orders.save").record_purchase(session(own))
    order = market.record_purchase(session(own)).order

    assert [due.waits for due in order.settlement.due] == [HoldReason.PENDING]
    assert not order.settled


def test_transfer_that_nobody_remembers_comes_back_all_the_same(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It was made, and the order could not be saved; then all of the line went back."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("orders.save").record_purchase(session(order))
    assert balances(market, ADA, CYD) == [1062, 1700]
    market.payments.refund(
        Refund(order.id, PaymentId(f"pay_{order.id}"), part_of(1), order.lines[0].price)
    )
    settled = market.record_purchase(session(order)).order

    assert settled.settled
    assert balances(market, ADA, CYD) == [0, 1700]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}


@pytest.mark.parametrize("at_once", [False, True])
def test_refund_that_fails_restores_what_it_undid_and_is_made_anew(
    market: Marketplace,
    bea: Principal,
    admin: Principal,
    both: Order,
    poster: Automation,
    *,
    at_once: bool,
) -> None:
    """Under another key; meanwhile the seller has their net, and the buyer the file."""
    market.provider.next_refund = RefundState.FAILED if at_once else RefundState.PENDING
    order = refund(market, admin, both)
    if not at_once:
        assert balances(market, ADA) == [0]
        (made,) = order.settlement.refunds
        assert made.refund_id is not None
        market.provider.next_refund = RefundState.FAILED
        market.provider.settle_refund(made.refund_id, RefundState.FAILED)
        order = market.deliver_charge(both)
    assert [due.waits for due in order.settlement.due] == [HoldReason.REFUSED]
    assert balances(market, ADA) == [1062]
    market.authorize_download(bea, poster.id)
    market.pass_time(minutes=5)
    order = market.record_purchase(session(both)).order

    assert order.settled
    assert balances(market, ADA, CYD) == [0, 1700]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}


def test_direct_seller_gives_back_once_however_often_it_fails(
    market: Marketplace, admin: Principal, own: Order
) -> None:
    """The provider does not return what it took from them for a refund that failed."""
    market.provider.next_refund = RefundState.FAILED
    refund(market, admin, own, 1, "5")
    market.pass_time(minutes=5)
    order = market.record_purchase(session(own)).order

    assert order.settled
    assert balances(market, ADA) == [1062 - 425]
    assert books(market) == {"provider": 113, "revenue:user_ada": -113}


def test_what_a_seller_has_no_more_is_owed_until_they_have_it(
    market: Marketplace, bea: Principal, admin: Principal, both: Order
) -> None:
    """A later sale pays it."""
    market.provider.pay_out(ADA)
    owing = refund(market, admin, both)

    assert [(owed.seller_id, owed.amount) for owed in owing.settlement.owed] == [
        ("user_ada", eur(1062))
    ]
    assert books(market)["debts:user_ada"] == 1062
    market.provider.put(ADA, eur(5000))
    market.pass_time(minutes=5)
    order = market.record_purchase(session(both)).order
    assert order.settled
    assert balances(market, ADA) == [5000 - 1062]
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}


def test_what_is_refused_is_asked_for_ever_more_rarely(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """After five minutes, ten, twenty, at most a day."""
    market.provider.pay_out(ADA)
    refund(market, admin, both)
    counts = []
    for _ in range(31):
        market.pass_time(minutes=1)
        (owed,) = market.record_purchase(session(both)).order.settlement.owed
        counts.append(owed.refusals.count)

    assert [counts.index(count) + 1 for count in (2, 3)] == [5, 15]
    assert counts[-1] == 3


# --- refunds that were made at the provider -------------------------------------------------------


def test_refund_by_hand_is_assigned_to_its_lines(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Until then no money moves; afterwards it is as any refund."""
    refund_id = market.provider.refund(session(both), eur(1500))
    market.deliver_charge(both)
    assert books(market)["buyers"] == 1500
    with pytest.raises(RefundUnassigned):
        refund(market, admin, both, 2)
    order = market.assign_refund(
        admin, RefundAssignment(both.id, refund_id, {1: "12.50", 2: "2.50"}, "as agreed by mail")
    )

    assert order.settled
    assert [order.settlement.refunded(order.currency, line) for line in (1, 2)] == [
        eur(1250),
        eur(250),
    ]
    assert balances(market, ADA, CYD) == [0, 1700 - 212]
    assert books(market) == {"provider": 262, "revenue:user_cyd": -262}


@pytest.mark.parametrize(
    "amounts", [{1: "14.99"}, {1: "15"}, {}, {1: "1", 2: "13.99"}, {1: "-1", 2: "16"}], ids=str
)
def test_assignment_must_be_the_refund(
    market: Marketplace, admin: Principal, both: Order, amounts: dict[int, Money | str]
) -> None:
    """All of it, and of no line more than it has left."""
    refund_id = market.provider.refund(session(both), eur(1500))
    before = market.deliver_charge(both)
    with pytest.raises(InvalidValue):
        market.assign_refund(admin, RefundAssignment(both.id, refund_id, amounts, "by mail"))

    assert market.orders.get(both.id) == before


def test_only_what_is_unmatched_is_assigned(
    market: Marketplace, admin: Principal, bea: Principal, both: Order
) -> None:
    """By an admin."""
    refund_id = market.provider.refund(session(both), eur(1500))
    market.deliver_charge(both)
    assert market.assign_refund.offer(admin, both.id, refund_id).id == both.id
    with pytest.raises(NotFound):
        market.assign_refund.offer(admin, both.id, RefundId("re_lost"))
    sue = market.person("sue", Role.SUPPORT)
    with pytest.raises(Forbidden):
        market.assign_refund(sue, RefundAssignment(both.id, refund_id, {2: "15"}, "by mail"))
    with pytest.raises(NotFound):
        market.assign_refund(
            admin, RefundAssignment(both.id, RefundId("re_lost"), {2: "15"}, "by mail")
        )
    market.orders.add(an_order("ord_never"))
    with pytest.raises(NotFound):
        market.assign_refund(
            admin, RefundAssignment(OrderId("ord_never"), refund_id, {1: "15"}, "by mail")
        )


def test_assigned_refund_that_fails_is_none(
    market: Marketplace, admin: Principal, both: Order
) -> None:
    """Everything is as before it."""
    refund_id = market.provider.refund(session(both), eur(1500))
    market.assign_refund(admin, RefundAssignment(both.id, refund_id, {2: "15"}, "by mail"))
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    order = market.deliver_charge(both)

    assert order.settled
    assert order.refunded == eur(0)
    assert balances(market, ADA, CYD) == [1062, 1700]
    assert books(market) == {
        "provider": 488,
        "revenue:user_ada": -188,
        "revenue:user_cyd": -300,
    }


# --- the same twice -------------------------------------------------------------------------------


def test_a_decision_on_what_was_left_before_refunds_nothing_more(
    market: Marketplace, ada: Principal, own: Order
) -> None:
    """The same form sent twice is told what is left now."""
    request = RefundRequest(own.id, 1, "as agreed", "3.00", left="12.50")
    market.refund_purchase(ada, request)
    with pytest.raises(RefundedMeanwhile) as refused:
        market.refund_purchase(ada, request)

    assert (refused.value.line, refused.value.left) == (1, "9.50 EUR")
    assert market.orders.get(own.id).refunded == eur(300)


@pytest.mark.parametrize("amount", ["3.00", None])
def test_a_request_under_a_key_is_refunded_once(
    market: Marketplace, ada: Principal, admin: Principal, own: Order, amount: str | None
) -> None:
    """It is answered with the order as it is; the key of somebody else is another one."""
    request = RefundRequest(own.id, 1, "as agreed", amount, key="key-1")
    once = market.refund_purchase(ada, request)

    assert market.refund_purchase(ada, request) == once == market.orders.get(own.id)
    if amount:
        assert market.refund_purchase(admin, request).refunded == eur(600)


@pytest.mark.parametrize(
    "other", [{"amount": "2.00"}, {"amount": None}, {"reason": "another"}, {"line": 2}]
)
def test_a_key_is_of_one_request(
    market: Marketplace, admin: Principal, both: Order, other: dict[str, Any]
) -> None:
    """Another one under it is refused rather than answered as if it had been done."""
    request = RefundRequest(both.id, 1, "as agreed", "3.00", key="key-1")
    market.refund_purchase(admin, request)
    with pytest.raises(RequestKeyReused):
        market.refund_purchase(admin, evolve(request, **other))

    assert market.orders.get(both.id).refunded == eur(300)
