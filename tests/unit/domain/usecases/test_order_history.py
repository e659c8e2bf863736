"""What those who may read payments are told of an order."""

from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Forbidden, NotFound
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import FraudWarningId
from koda.domain.model.money import Money
from koda.domain.model.order_lists import labels_of
from koda.domain.model.people import Principal
from koda.domain.model.purchases import Purchase
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.roles import Role
from koda.domain.model.write_offs import WriteOff
from koda.domain.usecases.administration.order_steps import StepKind, known_steps
from koda.domain.usecases.administration.view_order_history import OrderHistory
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def entries_of(history: OrderHistory) -> list[Entry]:
    """What was booked, in the order in which it happened."""
    return [step.entry for step in history.steps if step.entry]


@pytest.fixture
def support(market: Marketplace) -> Principal:
    """Sue, who may read other people's payments."""
    return market.person("sue", Role.SUPPORT)


def test_a_history_begins_with_the_order(market: Marketplace, support: Principal) -> None:
    """Nothing is bought while it waits for the payment."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))

    history = market.view_order_history(support, order.id)

    assert [(step.at, step.kind) for step in history.steps] == [
        (order.created_at, StepKind.ORDERED)
    ]
    assert (history.order, dict(history.purchases)) == (order, {})
    assert {person.name for person in history.people.values()} == {"Ada", "Bo"}


def test_a_paid_order_tells_of_its_purchases_and_downloads(
    market: Marketplace, support: Principal
) -> None:
    """Oldest first, with messages and money; a grant is told with its purchase."""
    bo = market.person("bo")
    items = [market.list_automation(market.ready_seller(name)) for name in ("ada", "dan")]
    order = market.order(bo, *items)
    market.pass_time(minutes=3)
    market.pay(order)
    market.pass_time(minutes=3)
    market.authorize_download(bo, items[1].id)

    history = market.view_order_history(support, order.id)

    assert [step.kind for step in history.steps] == [
        StepKind.ORDERED,
        StepKind.TOLD,
        StepKind.PURCHASED,
        StepKind.PURCHASED,
        StepKind.PAID,
        StepKind.BOOKED,
        StepKind.BOOKED,
        StepKind.BOOKED,
        StepKind.SETTLED,
        StepKind.DOWNLOADED,
    ]
    assert [(entry.cause, entry.amount.minor) for entry in entries_of(history)] == [
        (Cause.CHARGE, 2500),
        (Cause.TRANSFER, 1062),
        (Cause.TRANSFER, 1062),
    ]
    assert history.steps[-1].purchase == history.purchases[2]
    assert history.steps[-1].grant in market.grants.of_purchase(history.purchases[2].id)


def test_refunds_and_disputes_are_told_when_they_happened(
    market: Marketplace, support: Principal
) -> None:
    """With the message that brought it, and what came back for it."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    market.pay(order)
    market.pass_time(days=2)
    market.refund_purchase(
        support, RefundRequest(order.id, 1, "it does not run", Money(250, "EUR"))
    )
    market.pass_time(days=2)
    assert order.checkout
    market.provider.dispute(order.checkout.id)
    market.deliver_charge(order)

    history = market.view_order_history(support, order.id)
    later = [step for step in history.steps if step.at > NOON + timedelta(days=1)]

    assert [step.entry and step.entry.cause for step in later if step.kind is StepKind.BOOKED] == [
        Cause.FEE_RETURNED,
        Cause.REFUND,
        Cause.REVERSAL,
        Cause.DISPUTE_OPENED,
    ]
    assert [step.at for step in later if step.message] == [NOON + timedelta(days=4)]


def test_purchases_of_an_order_that_is_not_marked_as_paid_are_told(
    market: Marketplace, support: Principal
) -> None:
    """Recording was cut short in between, which is what support looks for."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    market.purchases.record([Purchase.of(order, order.lines[0], market.clock())])

    history = market.view_order_history(support, order.id)

    assert [step.kind for step in history.steps] == [StepKind.ORDERED, StepKind.PURCHASED]
    assert list(history.purchases) == [1]


def test_an_order_is_found_by_its_id_and_by_its_checkout_session(
    market: Marketplace, support: Principal
) -> None:
    """What is neither is not found."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    assert order.checkout is not None

    assert market.view_order_history.find(support, order.id) == order.id
    assert market.view_order_history.find(support, order.checkout.id) == order.id
    with pytest.raises(NotFound, match="ord_lost"):
        market.view_order_history.find(support, "ord_lost")


def test_only_those_who_may_read_payments_see_orders(market: Marketplace) -> None:
    """Not even the order's own buyer, whose page is another."""
    bo = market.person("bo")
    order = market.order(bo, market.list_automation(market.ready_seller("ada")))

    for principal in (bo, market.person("mia", Role.MODERATOR)):
        with pytest.raises(Forbidden, match="read other people's payments"):
            market.view_order_history(principal, order.id)
        with pytest.raises(Forbidden, match="read other people's payments"):
            market.view_order_history.find(principal, order.id)


def test_requests_and_decisions_are_told(market: Marketplace, support: Principal) -> None:
    """Who asked, withdrew, refused and decided, of which line, and why."""
    bo, joe = market.person("bo"), market.person("joe", Role.ADMIN)
    items = [market.list_automation(market.ready_seller(name)) for name in ("ada", "dan")]
    order = market.capture(market.buy(bo, *items))
    market.ask_for_refund(bo, order.id, 1, "not what I need")
    market.withdraw_refund_request(bo, order.id, 1)
    market.ask_for_refund(bo, order.id, 1, "it stops")
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it does stop", "5"))
    market.ask_for_refund(bo, order.id, 2, "nor this")
    market.refuse_refund(joe, order.id, 2, "it runs")
    market.ask_for_refund(bo, order.id, 1, "and the rest")
    market.provider.refund(session(order), order.total - Money(500, "EUR"))
    market.deliver_charge(order)

    history = market.view_order_history(support, order.id)

    told = [(step.kind, step.line, step.by, step.reason) for step in history.steps if step.by]
    assert told == [
        (StepKind.REFUND_ASKED, 1, bo.user_id, "not what I need"),
        (StepKind.REFUND_WITHDRAWN, 1, bo.user_id, None),
        (StepKind.REFUND_ASKED, 1, bo.user_id, "it stops"),
        (StepKind.REFUND_GRANTED, 1, joe.user_id, "it does stop"),
        (StepKind.REFUND_ASKED, 2, bo.user_id, "nor this"),
        (StepKind.REFUND_REFUSED, 2, joe.user_id, "it runs"),
        (StepKind.REFUND_ASKED, 1, bo.user_id, "and the rest"),
        (StepKind.REFUND_DECIDED, 1, joe.user_id, "it does stop"),
    ]
    (ended,) = [step for step in history.steps if step.kind is StepKind.REQUEST_RETURNED]
    assert (ended.line, ended.by) == (1, None)
    assert history.people[joe.user_id].name == "Joe"


def test_an_inquiry_a_dispute_and_the_evidence_are_told(
    market: Marketplace, support: Principal
) -> None:
    """Each state with its moment and amount, though an inquiry moves no money."""
    joe = market.person("joe", Role.ADMIN)
    item = market.list_automation(market.ready_seller("ada"))
    order = market.capture(market.buy(market.person("bo"), item))
    dispute_id = market.provider.dispute(session(order), state=DisputeState.INQUIRY)
    market.deliver_charge(order)
    market.pass_time(hours=1)
    market.submit_evidence(joe, order.id, dispute_id, "they have it")
    market.pass_time(hours=1)
    market.provider.move_dispute(dispute_id, DisputeState.PREVENTED)
    market.deliver_charge(order, copy=2)

    steps = market.view_order_history(support, order.id).steps

    told = [
        (step.kind, step.dispute, step.reason) for step in steps if step.reference == dispute_id
    ]
    assert told == [
        (StepKind.DISPUTED, DisputeState.INQUIRY, None),
        (StepKind.EVIDENCE_SENT, None, "they have it"),
        (StepKind.DISPUTED, DisputeState.PREVENTED, None),
    ]


def test_assignments_warnings_and_debts_given_up_are_told(
    market: Marketplace, support: Principal
) -> None:
    """What the record keeps with its moment stands in the history; a refund of no line on top."""
    joe = market.person("joe", Role.ADMIN)
    items = [market.list_automation(market.ready_seller(name)) for name in ("ada", "dan")]
    order = market.capture(market.buy(market.person("bo"), *items))
    refund_id = market.provider.refund(session(order), Money(500, "EUR"))
    market.deliver_charge(order)

    assert market.view_order_history(support, order.id).unassigned == {refund_id: Money(500, "EUR")}
    assert labels_of(market.orders.get(order.id)) >= {"unassigned"}
    order = market.assign_refund(joe, RefundAssignment(order.id, refund_id, {2: "5"}, "by mail"))
    decision = RefundDecision(joe.user_id, "gone", NOON)
    settlement = evolve(
        order.settlement,
        warnings=(FraudWarning(FraudWarningId("issfr_1"), order.id, "misc", NOON),),
        written_off=(WriteOff(items[0].seller_id, Money(1, "EUR"), 1, decision),),
    )
    told = [(step.kind, step.reason) for step in known_steps(evolve(order, settlement=settlement))]
    assert told == [
        (StepKind.REFUND_ASSIGNED, "by mail"),
        (StepKind.WRITTEN_OFF, "gone"),
        (StepKind.WARNED, "misc"),
    ]
