"""Refunds that buyers ask for: who may ask, who answers, and what becomes of it."""

from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.audit import AuditAction
from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    ConflictOfInterest,
    Forbidden,
    InvalidValue,
    NotFound,
    NothingToRefund,
    RefundDisputed,
    RefundRequestedBefore,
    RefundRequestOver,
    RefundWindowOver,
    WrongState,
)
from koda.domain.model.events import RefundRequestChanged
from koda.domain.model.money import Money
from koda.domain.model.notices import Notice, RefundAnswerNotice, RefundRequestNotice
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import RefundState
from koda.domain.model.requested_refunds import RequestState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

WHY = "It does not run."


@pytest.fixture
def both(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """A settled order of Ada's for 12.50 and of Cyd's for 20.00, captured."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    return order


@pytest.fixture
def asked(market: Marketplace, bea: Principal, both: Order) -> Order:
    """The same, whose buyer asks for a refund of the first line."""
    return market.ask_for_refund(bea, both.id, 1, WHY)


def refund(market: Marketplace, who: Principal, order: Order, amount: str | None = None) -> Order:
    """Refund the first line, or `amount` of it."""
    return market.refund_purchase(who, RefundRequest(order.id, 1, "You are right.", amount))


def told(market: Marketplace) -> list[Notice]:
    """What was told of requests."""
    kinds = RefundRequestNotice, RefundAnswerNotice
    return [notice for notice in market.notices.sent if isinstance(notice, kinds)]


def states(order: Order) -> list[str]:
    """Where its requests stand, oldest first."""
    return [request.state.value for request in order.requested_refunds]


# --- asking ---------------------------------------------------------------------------------------


def test_a_buyer_asks_and_the_seller_is_told(
    market: Marketplace, ada: Principal, asked: Order
) -> None:
    """With the reason, and by when to answer; no money moves."""
    (waiting,) = market.view_requested_refunds.of_seller(ada)
    (notice,) = told(market)

    assert isinstance(notice, RefundRequestNotice)
    assert (notice.user_id, notice.lines, notice.reason) == (ada.user_id, asked.lines[:1], WHY)
    assert notice.answer_by == market.clock() + market.policy.refund_answer
    assert (waiting.order, waiting.line, waiting.request.reason) == (asked, asked.lines[0], WHY)
    assert (asked.settled, asked.refunded.minor) == (True, 0)


def test_only_its_buyer_asks(market: Marketplace, ada: Principal, both: Order) -> None:
    """To others there is no such order, and to nobody such a line."""
    with pytest.raises(NotFound):
        market.ask_for_refund(ada, both.id, 1, WHY)
    with pytest.raises(NotFound):
        market.ask_for_refund(market.person("bea"), both.id, 3, WHY)


def test_a_request_has_a_reason(market: Marketplace, bea: Principal, both: Order) -> None:
    """Of a few characters at least."""
    with pytest.raises(InvalidValue):
        market.ask_for_refund(bea, both.id, 1, " no ")


def test_nobody_asks_twice_at_once(market: Marketplace, bea: Principal, asked: Order) -> None:
    """Of another line they may."""
    with pytest.raises(RefundRequestedBefore):
        market.ask_for_refund(bea, asked.id, 1, WHY)

    assert market.ask_for_refund.lines(asked) == (2,)
    assert states(market.ask_for_refund(bea, asked.id, 2, WHY)) == ["open", "open"]


def test_the_window_is_of_the_policy(bea: Principal) -> None:
    """It begins when the order is paid."""
    market = Marketplace(Policy(refund_window=timedelta(days=2)))
    automation = market.list_automation(market.ready_seller("ada"))
    order, buyer = market.buy(market.person("bea"), automation), market.person("bea")
    market.pass_time(days=1, hours=23)
    assert market.ask_for_refund.lines(order) == (1,)
    market.pass_time(hours=1)

    assert market.ask_for_refund.lines(order) == ()
    with pytest.raises(RefundWindowOver, match="until 2026-03-03 12:00:00 UTC"):
        market.ask_for_refund(buyer, order.id, 1, WHY)


def test_what_went_back_is_not_asked_for(
    market: Marketplace,
    bea: Principal,
    ada: Principal,
    both: Order,
    poster: Automation,
    mailer: Automation,
) -> None:
    """Nor what is a double, nor what is not paid."""
    dee = market.person("dee")
    open_still = market.order(dee, poster, mailer)
    with pytest.raises(WrongState, match="is open"):
        market.ask_for_refund(dee, open_still.id, 1, WHY)
    market.pay(order_in_another_window(market, dee, poster))
    double = market.pay(open_still)

    for who, order in ((bea, refund(market, ada, both)), (dee, double)):
        with pytest.raises(NothingToRefund):
            market.ask_for_refund(who, order.id, 1, WHY)


def test_what_was_no_sale_is_not_asked_for_though_its_refund_was_given_up(
    market: Marketplace, bea: Principal, both: Order
) -> None:
    """Its money is the buyer's anyway."""
    unsold = evolve(both, settlement=evolve(both.settlement, doubles=(1,)))

    assert market.ask_for_refund.lines(unsold) == (2,)
    with pytest.raises(NothingToRefund):
        market.ask_for_refund.terms(unsold, unsold.line(1))


def test_a_buyer_whose_bank_has_the_money_does_not_ask(
    market: Marketplace, bea: Principal, both: Order
) -> None:
    """They would have it twice."""
    market.provider.dispute(session(both))
    market.deliver_charge(both)

    with pytest.raises(RefundDisputed):
        market.ask_for_refund(bea, both.id, 1, WHY)


# --- taking it back -------------------------------------------------------------------------------


def test_a_buyer_withdraws_and_asks_again_but_not_for_ever(
    market: Marketplace, bea: Principal, ada: Principal, both: Order
) -> None:
    """A seller is not written to without end."""
    for _ in range(3):
        market.ask_for_refund(bea, both.id, 1, WHY)
        market.withdraw_refund_request(bea, both.id, 1)

    assert states(market.orders.get(both.id)) == ["withdrawn"] * 3
    assert market.view_requested_refunds.of_seller(ada) == ()
    with pytest.raises(RefundRequestedBefore):
        market.ask_for_refund(bea, both.id, 1, WHY)
    with pytest.raises(RefundRequestOver):
        market.withdraw_refund_request(bea, both.id, 1)


def test_nobody_else_withdraws(market: Marketplace, ada: Principal, asked: Order) -> None:
    """To others there is no such order."""
    with pytest.raises(NotFound):
        market.withdraw_refund_request(ada, asked.id, 1)


# --- answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [None, "5"])
def test_a_refund_grants_what_was_asked_for(
    market: Marketplace, ada: Principal, asked: Order, amount: str | None
) -> None:
    """Whole or in part, in the same write; the buyer reads the reason."""
    assert market.refund_purchase.offer(ada, asked.id, 1).requested == asked.requested_refunds[0]
    granted = refund(market, ada, asked, amount)

    (request,) = granted.requested_refunds
    assert (request.state, request.answer) == (
        RequestState.GRANTED,
        granted.settlement.refunds[0].decision,
    )
    assert granted.refunded == Money(500 if amount else 1250, "EUR")
    assert market.view_requested_refunds.of_seller(ada) == ()
    answer = told(market)[-1]
    assert isinstance(answer, RefundAnswerNotice)
    assert (answer.user_id, answer.granted, answer.reason) == ("user_bea", True, "You are right.")


def test_after_a_part_the_rest_may_be_asked_for(
    market: Marketplace, bea: Principal, ada: Principal, asked: Order
) -> None:
    """A new request of its own."""
    refund(market, ada, asked, "5")
    answer = told(market)[-1]

    assert isinstance(answer, RefundAnswerNotice)
    assert answer.part == Money(500, "EUR")
    assert states(market.ask_for_refund(bea, asked.id, 1, WHY)) == ["granted", "open"]


def test_a_part_uses_up_no_request(
    market: Marketplace, bea: Principal, ada: Principal, asked: Order
) -> None:
    """A seller cannot end the asking by a cent each time."""
    for _ in range(3):
        refund(market, ada, asked, "0.01")
        market.ask_for_refund(bea, asked.id, 1, WHY)

    assert states(market.orders.get(asked.id)) == [*["granted"] * 3, "open"]


def test_nobody_grants_what_they_asked_for_themselves(
    market: Marketplace, poster: Automation
) -> None:
    """Whatever their role; somebody else of the same role may."""
    sue, joe = market.person("sue", Role.ADMIN), market.person("joe", Role.SUPPORT)
    order = market.capture(market.buy(sue, poster))
    market.ask_for_refund(sue, order.id, 1, WHY)
    with pytest.raises(ConflictOfInterest):
        refund(market, sue, order)
    with pytest.raises(ConflictOfInterest):
        market.refuse_refund(sue, order.id, 1, WHY)

    assert states(refund(market, joe, order)) == ["granted"]


def test_to_strangers_there_is_no_such_order(market: Marketplace, asked: Order) -> None:
    """The same as where there is none: ids are not to be found by trying."""
    eve = market.person("eve", Role.MODERATOR)
    for number in (1, 9):
        with pytest.raises(NotFound, match="order"):
            market.refuse_refund(eve, asked.id, number, WHY)
        with pytest.raises(NotFound, match=asked.id):
            market.refund_purchase(eve, RefundRequest(asked.id, number, WHY))


def test_a_refusal_is_told_and_final(
    market: Marketplace, bea: Principal, ada: Principal, asked: Order
) -> None:
    """For the buyer; whoever may refund still can, and the request stays refused."""
    refused = market.refuse_refund(ada, asked.id, 1, "It runs here.")
    (logged,) = market.audit_log.entries(10).items
    answer = told(market)[-1]

    assert isinstance(answer, RefundAnswerNotice)
    assert (answer.granted, answer.reason) == (False, "It runs here.")
    assert (logged.action, logged.actor) == (AuditAction.REFUSE_REFUND, ada.user_id)
    assert refused.refunded.minor == 0
    with pytest.raises(RefundRequestedBefore):
        market.ask_for_refund(bea, asked.id, 1, WHY)
    with pytest.raises(RefundRequestOver):
        market.refuse_refund(ada, asked.id, 1, "Once more.")
    assert states(refund(market, ada, asked)) == ["refused"]


def test_who_may_refund_a_line_answers(market: Marketplace, bea: Principal, asked: Order) -> None:
    """Its seller, or somebody of the support; no other seller, and not the buyer."""
    for who in (bea, Principal(asked.lines[1].seller_id, "sess_cyd")):
        with pytest.raises(Forbidden):
            market.refuse_refund(who, asked.id, 1, "It runs here.")
    sue = market.person("sue", Role.SUPPORT)

    assert states(market.refuse_refund(sue, asked.id, 1, "It runs here.")) == ["refused"]


def test_a_request_that_nobody_answers_stays_open_and_is_overdue(
    market: Marketplace, bea: Principal, ada: Principal, asked: Order
) -> None:
    """No money moves by itself; those who look after the marketplace see it first."""
    joe = market.person("joe", Role.ADMIN)
    market.pass_time(days=1)
    market.ask_for_refund(bea, asked.id, 2, WHY)
    market.pass_time(days=4, seconds=1)

    requests = market.view_requested_refunds(joe)
    assert [(waiting.line.number, waiting.overdue) for waiting in requests] == [
        (1, True),
        (2, False),
    ]
    assert market.orders.get(asked.id).refunded.minor == 0
    with pytest.raises(Forbidden):
        market.view_requested_refunds(ada)


def test_a_request_ends_with_what_it_is_about(
    market: Marketplace, ada: Principal, asked: Order
) -> None:
    """As when all of the payment went back at the provider; who follows it hears so, once."""
    events: list[RefundRequestChanged] = []
    market.on(RefundRequestChanged)(events.append)
    market.provider.refund(session(asked), asked.total)
    ended = market.deliver_charge(asked)

    (request,) = ended.requested_refunds
    assert (states(ended), request.closed_at) == (["returned"], market.clock())
    assert market.deliver_charge(asked) == ended
    assert [event.state for event in events] == ["returned"]
    assert [type(notice) for notice in told(market)] == [RefundRequestNotice]
    assert market.view_requested_refunds.of_seller(ada) == ()
    with pytest.raises(RefundRequestOver):
        market.refuse_refund(ada, asked.id, 1, "It went back.")


def test_a_request_that_money_met_uses_up_none(
    market: Marketplace, bea: Principal, asked: Order
) -> None:
    """If its refund fails after all, its buyer asks again; a part that is back ends nothing."""
    market.provider.refund(session(asked), Money(1250, "EUR"))
    (refund_id,) = market.deliver_charge(asked).settlement.unmatched
    assert states(market.orders.get(asked.id)) == ["open"]
    whole = market.provider.refund(session(asked), Money(2000, "EUR"))
    assert states(market.deliver_charge(asked)) == ["returned"]
    for made in (refund_id, whole):
        market.provider.settle_refund(made, RefundState.FAILED)
    market.deliver_charge(asked)

    again = market.ask_for_refund(bea, asked.id, 1, WHY)
    assert states(again) == ["returned", "open"]


def test_a_withdrawn_request_is_told_to_nobody(
    market: Marketplace, bea: Principal, asked: Order
) -> None:
    """But to who follows what happens."""
    events: list[RefundRequestChanged] = []
    market.on(RefundRequestChanged)(events.append)
    market.withdraw_refund_request(bea, asked.id, 1)

    assert [event.state for event in events] == ["withdrawn"]
    assert [type(notice) for notice in told(market)] == [RefundRequestNotice]
