"""Comparing payments after the stores went back to an earlier moment, and the provider did not."""

from datetime import timedelta

from koda.domain.model.automations import Automation
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.identifiers import AccountId
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.backups import Backup
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

AGES = Period(NOON - timedelta(days=30), NOON + timedelta(days=1))


def lost(market: Marketplace, bea: Principal, *things: Automation) -> Order:
    """An order that a restore lost."""
    before = Backup.of(market)
    order = market.order(bea, *things)
    before.restore()
    return order


def books(market: Marketplace) -> dict[str, int]:
    """What is left in each account, in minor units."""
    entries = market.journal.entries(EntryQuery(), 200).items
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def test_rebuilt_order_closes_the_one_that_is_open_for_the_same(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """It is paid, so that nobody shall pay for the same again."""
    order = lost(market, bea, poster)
    anew = market.order(bea, poster)
    market.provider.pay(session(order))
    findings = market.reconcile_payments(AGES).findings

    assert findings == ()
    assert market.orders.get(order.id).settled
    assert market.orders.get(anew.id).state is OrderState.EXPIRED
    assert market.payments.find(session(anew)).state is PaymentState.EXPIRED


def test_what_is_paid_beside_a_rebuilt_order_goes_back(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The buyer was about to pay it when the other turned out paid."""
    order = lost(market, bea, poster)
    anew = market.order(bea, poster)
    market.provider.pay_later(session(anew))
    market.provider.pay(session(order))
    market.reconcile_payments(AGES)
    market.provider.settle(session(anew), succeed=True)
    market.pass_time(seconds=1)
    market.reconcile_payments(AGES)

    assert market.orders.get(order.id).doubles == ()
    assert market.orders.get(anew.id).doubles == (1,)
    assert market.orders.get(anew.id).settled


def test_share_of_what_is_a_double_only_now_comes_back(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It was passed on before; after the restore the buyer's other order is recorded first."""
    before = Backup.of(market)
    several = market.order(bea, poster, mailer)
    single = order_in_another_window(market, bea, poster)
    market.pay(several)
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    before.restore()
    market.provider.pay(session(single))
    market.pass_time(seconds=1)
    market.orders.add(market.payments.order_sold(session(single)))
    market.record_purchase(session(single))
    market.reconcile_payments(AGES)

    assert market.orders.get(several.id).doubles == (1,)
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert "payable:user_ada" not in books(market)
    assert market.check_books(AGES).differences == ()


def test_stores_hold_what_they_held(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What was kept since is gone, and the same moment can be gone back to again."""
    order = market.order(bea, poster)
    before, known = Backup.of(market), market.orders.get(order.id)
    market.provider.pay(session(order))
    for _ in range(2):
        market.record_purchase(session(order))
        before.restore()

    assert market.orders.get(order.id) == known
    assert books(market) == {}
    assert market.purchases.of_buyer(bea.user_id, 5).items == ()
