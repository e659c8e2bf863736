"""What a dispute that was lost takes, and from whom."""

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import PurchaseDisputed, RefundDisputed
from koda.domain.model.identifiers import AccountId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import GivenUp
from koda.domain.model.roles import Role
from koda.domain.usecases.buying.give_back import MOST_REFUSALS
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

ADA, CYD = AccountId("acct_ada"), AccountId("acct_cyd")


def lose(market: Marketplace, order: Order, minor: int | None = None) -> Order:
    """A dispute of an order, or of a part of it, is opened and lost."""
    amount = None if minor is None else Money(minor, order.currency)
    dispute_id = market.provider.dispute(session(order), amount)
    market.deliver_charge(order)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    return market.deliver_charge(order)


def balances(market: Marketplace) -> list[int]:
    """What the sellers and the marketplace hold."""
    holders = (ADA, CYD, AccountId("platform"))
    return [market.provider.balance(holder) for holder in holders]


def books(market: Marketplace) -> dict[str, int]:
    """What is left in each account, in minor units."""
    entries = market.journal.entries(EntryQuery(), 200).items
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def test_sellers_give_their_nets_and_the_marketplace_its_fees(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The buyer keeps the money, and has no file."""
    order = lose(market, market.buy(bea, poster, mailer))

    assert order.settled
    assert balances(market) == [0, 0, 0]
    assert books(market) == {}
    with pytest.raises(PurchaseDisputed):
        market.authorize_download(bea, poster.id)


def test_seller_whom_the_charge_paid_gives_their_net_below_zero(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider recovers it from what they sell later."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    market.provider.pay_out(ADA)
    order = lose(market, order)

    assert order.settled
    assert balances(market) == [-1062, 0, 0]
    assert books(market) == {}


def test_part_that_was_lost_leaves_the_file(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each line bears its share by its price, as with a refund of a part."""
    lose(market, market.buy(bea, poster, mailer), 650)

    assert balances(market) == [1062 - (250 - 38), 1700 - (400 - 60), 488 - 98]
    assert books(market) == {
        "provider": 390,
        "revenue:user_ada": -150,
        "revenue:user_cyd": -240,
    }
    market.authorize_download(bea, poster.id)


def test_what_a_seller_has_no_more_is_owed(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """As with a refund."""
    order = market.buy(bea, poster, mailer)
    market.provider.pay_out(ADA)
    order = lose(market, order)

    assert [owed.seller_id for owed in order.settlement.owed] == ["user_ada"]
    assert books(market) == {"provider": -1062, "debts:user_ada": 1062}


def test_double_whose_payment_was_lost_does_not_go_back_again(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The bank gave it back."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    dispute_id = market.provider.dispute(session(both))
    market.deliver(both)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    order = market.deliver_charge(both)

    assert order.settled
    assert [refund.given_up for refund in order.settlement.refunds] == [GivenUp.REPLACED]
    assert market.provider.refunds == {}
    assert books(market) == {"revenue:user_ada": -188, "provider": 188}


def test_nothing_of_a_lost_payment_is_refunded(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The provider refuses it."""
    order = lose(market, market.buy(bea, poster, mailer), 650)
    with pytest.raises(RefundDisputed):
        market.refund_purchase(
            market.person("joe", Role.ADMIN), RefundRequest(order.id, 1, "as agreed")
        )


def test_disputes_are_kept_with_their_order(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Those that are open with the time by which evidence must be there."""
    order = market.buy(bea, poster)
    market.provider.dispute(session(order))
    (dispute,) = market.deliver_charge(order).settlement.contested

    assert (dispute.amount, dispute.state) == (order.total, DisputeState.OPEN)
    assert dispute.due_by is not None


def test_lost_dispute_is_spread_in_what_the_currency_is_paid_in(bea: Principal) -> None:
    """Cards carry no thousandths of a dinar."""
    market = Marketplace(Policy(currency="KWD", minimum_price=10))
    sellers = market.ready_seller("ada"), market.ready_seller("cyd")
    things = [market.list_automation(seller, price="1.010") for seller in sellers]
    order = lose(market, market.buy(bea, *things), 30)

    assert order.settled
    assert [loss.amount.minor for loss in order.settlement.losses] == [20, 10]


def waiting(market: Marketplace, order: Order) -> Order:
    """A refund of a line is decided, and the provider is down until a part of it is disputed."""
    root = market.person("joe", Role.ADMIN)
    down = market.fail("payments.refund")
    down.refund_purchase(root, RefundRequest(order.id, 1, "as agreed", Money(500, "EUR")))
    return lose(market, order, 333)


def test_refund_that_a_lost_dispute_forbids_is_given_up(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """After a bound: file and share stay, and a person is told."""
    order = waiting(market, market.buy(bea, poster, mailer))
    asked, found = 1, list[str]()
    while not market.orders.get(order.id).settled:
        market.pass_time(days=1)
        found = [finding.code for finding in market.reconcile_payments.recent().findings]
        asked += 1
    order = market.orders.get(order.id)

    assert (asked, found) == (MOST_REFUSALS, ["refund_given_up"])
    assert [refund.given_up for refund in order.settlement.refunds] == [GivenUp.DISPUTE_LOST]
    assert (order.refunded.minor, market.provider.refunds) == (0, {})
    market.authorize_download(bea, poster.id)
    assert balances(market)[0] == 1062 - 109
    assert market.reconcile_payments.recent().findings == ()


def test_double_that_a_lost_dispute_forbids_is_given_up_once(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It is asked for anew only if the dispute is won after all."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    dispute_id = market.provider.dispute(session(both), Money(333, "EUR"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver(both)
    for _ in range(MOST_REFUSALS + 2):
        market.pass_time(days=1)
        market.record_purchase(session(both))
    order = market.orders.get(both.id)

    assert order.settled
    assert [refund.given_up for refund in order.settlement.refunds] == [GivenUp.DISPUTE_LOST]
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(both)
    assert market.orders.get(both.id).refunded == poster.listing.price
