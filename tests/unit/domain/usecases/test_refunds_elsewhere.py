"""Refunds that somebody makes at the provider while Koda has others to make."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import AccountId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import GivenUp, RefundState
from koda.domain.model.requested_refunds import RequestState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Somebody who may refund anything."""
    return market.person("joe", Role.ADMIN)


def refund(market: Marketplace, who: Principal, order: Order, amount: str | None = None) -> Order:
    """Refund the first line of an order, or `amount` of it."""
    return market.refund_purchase(who, RefundRequest(order.id, 1, "it does not run", amount))


def by_hand(market: Marketplace, order: Order, minor: int | None = None) -> Order:
    """Somebody refunds an order at the provider, and Koda hears of it."""
    amount = None if minor is None else Money(minor, order.currency)
    market.provider.refund(session(order), amount)
    return market.deliver_charge(order)


def only_refund(market: Marketplace) -> RefundId:
    """The id of the one refund at the provider."""
    (refund_id,) = market.provider.refunds
    return refund_id


def books(market: Marketplace) -> dict[str, int]:
    """What is left in each account, in minor units."""
    entries = market.journal.entries(EntryQuery(), 200).items
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def test_refund_that_waits_is_given_up_for_one_by_hand(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation
) -> None:
    """It could not be made any more, and would wait for ever."""
    order = market.buy(bea, poster)
    assert refund(market, admin, order).settlement.due
    order = by_hand(market, order)

    assert order.settled
    assert order.refunded == order.total
    assert books(market)["provider"] == market.provider.balance(AccountId("platform"))
    assert market.deliver_charge(order, copy=2) == order


def test_refund_that_failed_is_given_up_for_one_by_hand(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """An admin says which line it was of; what the failed one had moved is undone first."""
    order = market.capture(market.buy(bea, poster, mailer))
    refund(market, admin, order)
    market.provider.settle_refund(only_refund(market), RefundState.FAILED)
    order = by_hand(market, order, 1250)
    (refund_id,) = order.settlement.unmatched
    order = market.assign_refund(
        admin, RefundAssignment(order.id, refund_id, {1: "12.50"}, "the other one failed")
    )

    assert order.settled
    assert [part.given_up for part in order.settlement.refunds] == [GivenUp.REPLACED, None]
    assert order.refunded == Money(1250, "EUR")
    assert books(market) == {"provider": 300, "revenue:user_cyd": -300}


def test_part_by_hand_leaves_room_for_a_part_that_waits(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation
) -> None:
    """Only what nothing is left for is given up."""
    order = market.buy(bea, poster)
    refund(market, admin, order, "2.50")
    by_hand(market, order, 1000)
    order = market.capture(order)

    assert order.settled
    assert order.refunded == order.total
    assert len(market.provider.refunds) == 2


def test_refund_whose_lines_become_clear_later_is_booked_once(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It is of no line until another one gives back all that it left."""
    order = market.capture(market.buy(bea, poster, mailer))
    order = by_hand(market, order, 1250)
    assert order.settlement.unmatched
    order = by_hand(market, order, 2000)

    assert order.settled
    assert books(market) == {}


def test_double_that_goes_back_by_hand_without_a_net_is_booked(bea: Principal) -> None:
    """Where the marketplace's fee is all of the price, no seller has any of it."""
    market = Marketplace(Policy(fee_basis_points=10_000))
    ada = market.ready_seller("ada")
    poster, planner = (
        market.list_automation(ada, title=f"Post {when}") for when in ("now", "later")
    )
    order = market.order(bea, poster, planner)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(order))
    order = by_hand(market, order)

    assert order.settled
    assert books(market) == {"provider": 1250, "revenue:user_ada": -1250}


def test_share_that_was_held_is_passed_on_after_others_gave_back(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The provider counts what came back from another seller as passed on."""
    order = market.order(bea, poster, mailer)
    market.provider.require(AccountId("acct_cyd"), "papers")
    order = market.pay(order)
    refund(market, admin, order)
    market.provider.complete_onboarding(AccountId("acct_cyd"))
    market.pass_time(days=1)
    order = market.deliver_charge(order, copy=2)

    assert order.settled
    assert market.provider.balance(AccountId("acct_cyd")) == 1700


def test_refund_by_hand_is_listed_with_its_line(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation
) -> None:
    """The entry that took it out of the balance names none."""
    order = by_hand(market, market.capture(market.buy(bea, poster)))

    now = market.clock()
    listed = market.view_refunds(admin, Period(now - timedelta(days=1), now + timedelta(days=1)))
    told = [(back.line, back.seller_id, back.amount) for back in listed]
    assert told == [(1, "user_ada", order.total)]


@pytest.fixture
def failed(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation
) -> Callable[[str | None], Order]:
    """Makes an order of Ada's alone, of which a refund failed after she had given it back."""

    def make(amount: str | None = None) -> Order:
        order = market.capture(market.buy(bea, poster))
        market.provider.next_refund = RefundState.PENDING
        refund(market, admin, order, amount)
        market.provider.settle_refund(only_refund(market), RefundState.FAILED)
        return order

    return make


ADA, PLATFORM = AccountId("acct_ada"), AccountId("platform")


@pytest.mark.parametrize(
    ("ours", "by_hands", "adas", "lost"),
    [
        (None, [None], 0, 0),
        (None, [500], 1062 - 425, 0),
        (None, [500, 750], 0, 0),
        ("5", [None], 1062 - 500, 1062 - 500),
    ],
)
def test_what_came_back_for_a_refund_that_failed_pays_the_one_in_its_place(
    market: Marketplace,
    failed: Callable[[str | None], Order],
    ours: str | None,
    by_hands: list[int | None],
    adas: int,
    lost: int,
) -> None:
    """The rest is the seller's again; the marketplace bears only what had not come back."""
    order = failed(ours)
    for minor in by_hands:
        order = by_hand(market, order, minor)

    assert order.settled
    assert market.provider.balance(ADA) == adas
    left = books(market)
    assert left.get("losses", 0) == lost
    assert left.get("provider", 0) == market.provider.balance(PLATFORM)
    assert "payable:user_ada" not in left


def test_one_in_its_place_that_fails_leaves_the_seller_all(
    market: Marketplace, failed: Callable[[str | None], Order]
) -> None:
    """And another one takes it again."""
    order = by_hand(market, failed(None), 500)
    market.provider.settle_refund([*market.provider.refunds][-1], RefundState.FAILED)
    order = market.deliver_charge(order)
    assert market.provider.balance(ADA) == 1062
    order = by_hand(market, order)

    assert order.settled
    assert (market.provider.balance(ADA), books(market)) == (0, {})


def test_buyer_and_sellers_are_told_of_a_refund_that_is_assigned(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each part once, as of one that Koda made; nobody was told before."""
    order = by_hand(market, market.capture(market.buy(bea, poster, mailer)), 1000)
    before = len(market.notices.sent)
    wanted = {1: "6.00", 2: "4.00"}
    market.assign_refund(
        admin, RefundAssignment(order.id, only_refund(market), wanted, "the buyer wrote to us")
    )
    market.deliver_charge(order, copy=2)

    told = market.notices.sent[before:]
    assert sorted((type(notice).__name__, notice.user_id) for notice in told) == [
        ("RefundNotice", "user_bea"),
        ("RefundNotice", "user_bea"),
        ("RefundedSaleNotice", "user_ada"),
        ("RefundedSaleNotice", "user_cyd"),
    ]


@pytest.mark.parametrize("amount", ["some", "1.234"])
def test_amount_that_is_none_is_told_of_the_amounts(
    market: Marketplace,
    admin: Principal,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    amount: str,
) -> None:
    """No price is wrong."""
    order = by_hand(market, market.buy(bea, poster, mailer), 1000)
    assignment = RefundAssignment(order.id, only_refund(market), {1: amount}, "as she says")

    with pytest.raises(InvalidValue) as refused:
        market.assign_refund(admin, assignment)

    assert refused.value.field == "amounts"


@pytest.mark.parametrize("amounts", [{1: "12.50"}, {1: "5", 2: "7.50"}])
def test_an_assigned_refund_grants_what_was_asked_for(
    market: Marketplace,
    admin: Principal,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    amounts: dict[int, str],
) -> None:
    """Of a line whole or in part, as a refund that Koda makes; the reason is the answer."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.ask_for_refund(bea, order.id, 1, "It does not run.")
    (refund_id,) = by_hand(market, order, 1250).settlement.unmatched
    assigned = market.assign_refund(
        admin, RefundAssignment(order.id, refund_id, amounts, "told on the phone")
    )

    (request,) = assigned.requested_refunds
    assert (request.state, request.closed_at) == (RequestState.GRANTED, market.clock())
    assert request.answer
    assert (request.answer.by, request.answer.reason) == (admin.user_id, "told on the phone")
