"""What is held of sellers' money, as those see it who look after it, and as the sellers do."""

from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.books.recording import held_entries
from koda.domain.model.errors import Forbidden
from koda.domain.model.held_money import WHAT_TO_DO
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AccountId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA, CYD = UserId("user_ada"), UserId("user_cyd")


@pytest.fixture
def root(market: Marketplace) -> Principal:
    """Who looks after the marketplace."""
    return market.person("root", Role.SUPPORT)


@pytest.fixture
def held(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """An order that is paid while neither account can receive; it was tried twice."""
    order = market.order(bea, poster, mailer)
    for account in ("acct_ada", "acct_cyd"):
        market.provider.restrict(AccountId(account), Restricted(sentence("listed")))
    market.provider.pay(session(order))
    for _ in range(2):
        market.record_purchase(session(order))
        market.pass_time(hours=1)
    return market.orders.get(order.id)


def test_each_share_is_told_with_what_to_do_since_when(
    market: Marketplace, root: Principal, held: Order
) -> None:
    """Since the books have it, however often it was tried again."""
    listed = market.view_held_money(root)

    assert [(money.order, money.share.seller_id) for money in listed.page.items] == [
        (held, ADA),
        (held, CYD),
    ]
    assert {money.since for money in listed.page.items} == {NOON}
    assert [money.share.refusals.count for money in listed.page.items] == [2, 2]
    assert listed.page.items[0].what_to_do == WHAT_TO_DO[HoldReason.ACCOUNT]
    assert listed.people.keys() == {ADA, CYD}
    assert market.view_held_money.totals(root) == (Money(2762, "EUR"),)


def test_the_shares_of_one_seller_are_a_list(
    market: Marketplace, root: Principal, held: Order
) -> None:
    """And what was released is in none."""
    market.provider.complete_onboarding(AccountId("acct_cyd"))
    market.record_purchase(session(held))
    market.pass_time(minutes=1)

    of_ada = market.view_held_money(root, ADA).page.items
    assert [money.share.seller_id for money in of_ada] == [ADA]
    assert market.view_held_money(root, CYD).page.items == ()
    assert market.view_held_money.totals(root) == (Money(1062, "EUR"),)


def test_what_is_not_booked_yet_is_held_since_the_order_was_paid(
    market: Marketplace, root: Principal, held: Order
) -> None:
    """A share is booked after the order is saved."""
    market.pass_time(days=1)
    unbooked = evolve(held, id=OrderId("ord_other"), checkout=None, paid_at=market.clock())
    market.orders.add(unbooked)

    latest = market.view_held_money(root, ADA, limit=1).page
    assert latest.items[0].since == NOON + timedelta(days=1, hours=2)
    following = market.view_held_money(root, ADA, cursor=latest.next_cursor).page
    assert [money.order.id for money in following.items] == [held.id]
    market.pass_time(hours=3)
    market.journal.add(held_entries(unbooked, market.clock()))
    (booked,) = market.view_held_money(root, ADA, limit=1).page.items
    assert booked.since == market.clock()


def test_a_seller_sees_their_own_part_alone(
    market: Marketplace, ada: Principal, bea: Principal, held: Order
) -> None:
    """By what was sold, and why it is held."""
    (sale,) = market.view_held_sales(ada)

    assert (sale.order_id, sale.net, sale.reason) == (
        held.id,
        Money(1062, "EUR"),
        HoldReason.ACCOUNT,
    )
    assert sale.titles == (held.lines[0].title,)
    assert market.view_held_sales(bea) == ()


def test_nobody_else_sees_what_is_held(market: Marketplace, ada: Principal) -> None:
    """Neither the list nor the totals."""
    with pytest.raises(Forbidden):
        market.view_held_money(ada)
    with pytest.raises(Forbidden):
        market.view_held_money.totals(ada)


def test_every_reason_has_words() -> None:
    """For those who look after the marketplace."""
    assert WHAT_TO_DO.keys() == {*HoldReason}
