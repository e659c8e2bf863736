"""What the books have of each order, beside what the order's own record says."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from attrs import evolve, frozen

from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.memory.orders import MemoryOrders
from koda.domain.model.automations import Automation
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.checking import BooksCheck
from koda.domain.model.books.disputes import dispute_lost, dispute_opened
from koda.domain.model.books.entries import Cause
from koda.domain.model.books.making import PROVIDER, About, entry_of
from koda.domain.model.books.order_differences import OrderDifference
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.books.refunds import reversal
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.errors import PaymentRefused, Unavailable
from koda.domain.model.identifiers import AccountId, DisputeId, OrderId, RefundId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.provider_ledger import LedgerLine, ProviderBalance
from koda.domain.model.refund_states import GivenUp, RefundState
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.model.unreadable import Unreadable
from koda.domain.usecases.money.check_books import SETTLING
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.ports.provider_ledger import ProviderLedger
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

AGES = Period(NOON - timedelta(days=1000), NOON + timedelta(days=1000))
ADA, CYD = UserId("user_ada"), UserId("user_cyd")
WHY = "It does not run."


@pytest.fixture
def order(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """A settled order of Ada's for 12.50 and of Cyd's for 20.00, captured."""
    return market.capture(market.buy(bea, poster, mailer))


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Somebody who may do everything."""
    return market.person("joe", Role.ADMIN)


def book(market: Marketplace, order_id: OrderId, account: Account, currency: str = "EUR") -> None:
    """Somebody books seven cents of an order by hand."""
    about, changes = About(order_id, market.clock()), [(account, 7), (PROVIDER, -7)]
    market.journal.add([entry_of(Cause.TRANSFER, about, currency, changes, f"by_hand_{currency}")])


def later(market: Marketplace) -> BooksCheck:
    """What a check says once nothing is under way any more."""
    market.pass_time(seconds=1 + SETTLING.total_seconds())
    return market.check_books(AGES)


def forgotten(market: Marketplace, buyer: Principal, thing: Automation) -> Order:
    """An order that is closed here, and can be paid all the same."""
    order = market.order(buyer, thing)
    return market.orders.save(*order.close(OrderState.EXPIRED, market.clock()))


def left(market: Marketplace) -> set[AccountKind]:
    """The kinds of accounts in which the books have anything."""
    entries = market.journal.entries(EntryQuery(), 500).items
    return {balance.account.kind for balance in turnover(entries) if balance.minor}


def test_they_agree_about_orders_with_every_kind_of_trouble(
    market: Marketplace, admin: Principal, order: Order, poster: Automation, mailer: Automation
) -> None:
    """A debt, another one that is given up, held shares, disputes, and refunds of no line."""
    alone = market.capture(market.buy(market.person("eve"), poster))
    given_up, questioned, lost, by_hand = (
        market.capture(market.buy(market.person(name), poster, mailer))
        for name in ("fay", "gus", "hal", "ida")
    )
    market.provider.pay_out(AccountId("acct_ada"))
    for of in (order, given_up, lost):
        market.refund_purchase(admin, RefundRequest(of.id, 1, WHY))
    market.write_off_debt(admin, given_up.id, ADA, WHY)
    market.provider.dispute(session(questioned))
    market.provider.move_dispute(market.provider.dispute(session(lost)), DisputeState.LOST)
    market.provider.refund(session(by_hand), Money(300, "EUR"))
    market.provider.refund(session(alone), Money(300, "EUR"))
    held = market.order(market.person("jan"), poster, mailer)
    market.provider.restrict(AccountId("acct_cyd"), Restricted(sentence("listed")))
    market.pay(held)
    for of in (alone, questioned, lost, by_hand):
        market.record_purchase(session(of))
    checked = later(market)

    nothing = {AccountKind.BANK, AccountKind.PROVIDER_FEES, AccountKind.PAYABLE}
    assert left(market) == set(AccountKind) - nothing
    assert (checked.orders, checked.orders_under_way) == ((), 0)


@pytest.mark.parametrize(
    ("account", "recorded"),
    [
        (Account(AccountKind.PAYABLE, ADA), 0),
        (Account(AccountKind.HELD, ADA), 0),
        (Account(AccountKind.DEBTS, CYD), 0),
        (Account(AccountKind.REVENUE, CYD), -300),
        (Account(AccountKind.REVENUE, UserId("user_eve")), 0),
        (Account(AccountKind.DISPUTED), 0),
        (Account(AccountKind.BUYERS), 0),
        (Account(AccountKind.LOSSES), 0),
    ],
)
def test_what_the_books_have_more_than_the_order_says_is_told(
    market: Marketplace, order: Order, account: Account, recorded: int
) -> None:
    """By order, account and currency, with both amounts."""
    book(market, order.id, account)
    checked = later(market)

    assert checked.orders == (OrderDifference(order.id, account, "EUR", recorded + 7, recorded),)
    assert not checked.agreed
    assert "Reconcile the day" in str(checked.orders[0].what_to_do)


def test_what_is_of_another_currency_is_told(market: Marketplace, order: Order) -> None:
    """An order is of one."""
    book(market, order.id, Account(AccountKind.BUYERS), "JPY")
    (difference,) = later(market).orders

    assert (difference.currency, difference.booked, difference.recorded) == ("JPY", 7, 0)


def test_what_the_order_says_and_the_books_lack_is_told(
    market: Marketplace, admin: Principal, order: Order
) -> None:
    """A call that was cut off between both: reconciling books it."""
    market.provider.dispute(session(order))
    with pytest.raises(Unavailable):
        market.fail("journal.add", 2).record_purchase(session(order))
    lacking = {(told.account.name, told.booked, told.recorded) for told in later(market).orders}
    market.reconcile_payments(AGES)

    assert lacking == {("disputed", 0, 3250)}
    assert later(market).orders == ()


def test_what_is_booked_of_an_order_that_is_not_paid_is_told(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A call that was cut off before it kept the order; a reconciliation completes it."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("orders.save").record_purchase(session(order))
    ahead = [(told.account.name, told.booked, told.recorded) for told in later(market).orders]
    market.reconcile_payments(AGES)

    assert ahead == [("revenue:user_ada", -188, 0)]
    assert later(market).orders == ()


def test_entries_of_no_order_are_told(market: Marketplace, order: Order) -> None:
    """As where a restore lost it; a reconciliation makes it anew."""
    restored = market.but(orders=MemoryOrders())
    told = later(restored).orders
    restored.reconcile_payments(AGES)

    assert {(row.account.name, row.booked, row.recorded) for row in told} == {
        ("revenue:user_ada", -188, None),
        ("revenue:user_cyd", -300, None),
    }
    assert "no such order" in str(told[0].what_to_do)
    assert later(restored).orders == ()


def test_other_days_tell_nothing_of_an_order(market: Marketplace, order: Order) -> None:
    """An order is compared where it has an entry."""
    book(market, order.id, Account(AccountKind.BUYERS))
    market.pass_time(days=2)
    other = Period(NOON + timedelta(days=1), NOON + timedelta(days=3))

    assert market.check_books(other).orders == ()


def test_order_that_changed_within_the_hour_is_counted(market: Marketplace, order: Order) -> None:
    """It may not be booked whole yet."""
    book(market, order.id, Account(AccountKind.BUYERS))
    checked = market.check_books(AGES)

    assert (checked.orders, checked.orders_under_way) == ((), 1)


def test_order_that_is_disputed_since_may_not_be_booked_yet(
    market: Marketplace, order: Order
) -> None:
    """Though its entries are old."""
    market.pass_time(hours=2)
    market.provider.dispute(session(order))
    with pytest.raises(Unavailable):
        market.fail("journal.add", 2).record_purchase(session(order))
    checked = market.check_books(AGES)

    assert (checked.orders, checked.orders_under_way) == ((), 1)


@frozen
class BusyLedger(ProviderLedger):
    """The provider's ledger; while it is read, something happens."""

    market: Marketplace
    meanwhile: Callable[[], object]

    def lines(self, period: Period) -> Iterator[LedgerLine | Unreadable]:
        """Let it happen first."""
        self.meanwhile()
        yield from self.market.provider_ledger.lines(period)

    def balances(self) -> tuple[ProviderBalance, ...]:
        """Those of the provider."""
        return self.market.provider_ledger.balances()


def test_order_that_is_booked_meanwhile_is_no_difference(market: Marketplace, order: Order) -> None:
    """Its entries are kept after it is: whoever looks in between looks twice."""
    market.provider.refund(session(order), Money(3250, "EUR"))
    with pytest.raises(Unavailable):
        market.fail("journal.add", 2).record_purchase(session(order))
    assert {told.order_id for told in later(market).orders} == {order.id}
    busy = BusyLedger(market, lambda: market.record_purchase(session(order)))
    checked = market.but(provider_ledger=busy).check_books(AGES)

    assert (checked.orders, checked.orders_under_way) == ((), 0)


def test_order_that_changes_meanwhile_is_counted(market: Marketplace, order: Order) -> None:
    """Though it differs before and after."""
    book(market, order.id, Account(AccountKind.BUYERS))
    market.pass_time(hours=2)
    busy = BusyLedger(market, lambda: market.orders.save(order))
    checked = market.but(provider_ledger=busy).check_books(AGES)

    assert (checked.orders, checked.orders_under_way) == ((), 1)


def test_what_sellers_are_due_is_left_out_while_a_refund_is_under_way(
    market: Marketplace, admin: Principal, order: Order
) -> None:
    """All other accounts are compared."""
    market.provider.next_refund = RefundState.PENDING
    market.refund_purchase(admin, RefundRequest(order.id, 1, WHY))
    agreed = later(market).orders
    book(market, order.id, Account(AccountKind.PAYABLE, ADA))
    book(market, order.id, Account(AccountKind.BUYERS), "JPY")

    assert agreed == ()
    assert [told.account.name for told in later(market).orders] == ["buyers"]


def test_what_a_refund_of_no_line_took_from_a_seller_is_left_out(
    market: Marketplace, order: Order
) -> None:
    """The order knows neither how much it is, nor of whose."""
    unmatched = evolve(order.settlement, unmatched=(RefundId("re_by_hand"),))
    market.orders.save(evolve(order, settlement=unmatched))
    about = About(order.id, market.clock(), seller_id=ADA)
    market.journal.add([reversal(about, "trr_by_hand", Money(100, "EUR"))])

    assert later(market).orders == ()


def test_they_agree_about_a_lost_dispute_of_no_line(market: Marketplace, order: Order) -> None:
    """What it took is the marketplace's loss."""
    lost = Dispute(DisputeId("dp_1"), Money(500, "EUR"), DisputeState.LOST, "general")
    market.orders.save(evolve(order, settlement=evolve(order.settlement, disputes=(lost,))))
    about = About(order.id, market.clock())
    opened = dispute_opened(about, lost.id, lost.amount)
    bears = dispute_lost(about, lost.id, lost.amount, {}, Money.zero("EUR"))
    market.journal.add([opened, bears])

    assert later(market).orders == ()


def test_they_agree_about_what_was_no_sale(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Paid twice, where its seller gives the second payment back, and where they do not."""
    twice = [forgotten(market, bea, poster) for _ in range(3)]
    refused = PaymentRefused(sentence("not today"))
    for order in twice:
        market.provider.pay(session(order))
    market.capture(twice[0])
    market.capture(twice[1])
    market.capture(market.fail("payments.refund", error=refused).deliver(twice[2]))

    assert left(market) == {AccountKind.PROVIDER, AccountKind.REVENUE, AccountKind.LOSSES}
    assert later(market).orders == ()


def test_they_agree_about_a_double_that_cannot_go_back(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A dispute took a part of it, and the provider refunds no more: the rest stays where it is."""
    first, second = (forgotten(market, bea, poster) for _ in range(2))
    market.provider.pay(session(second))
    market.capture(market.pay(first))
    dispute_id = market.provider.dispute(session(second), Money(500, "EUR"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    order = market.capture(market.deliver(second))
    for _ in range(12):
        market.pass_time(days=2)
        order = market.record_purchase(session(second)).order

    assert [refund.given_up for refund in order.settlement.refunds] == [GivenUp.DISPUTE_LOST]
    assert {AccountKind.BUYERS, AccountKind.PAYABLE} <= left(market)
    assert later(market).orders == ()


@pytest.mark.parametrize("alone", [False, True])
def test_they_agree_about_a_sale_that_became_a_double_and_cannot_go_back(
    market: Marketplace,
    admin: Principal,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    *,
    alone: bool,
) -> None:
    """What its seller is not due any more stays here, unless the charge paid them itself."""
    order = market.capture(market.buy(bea, *((poster,) if alone else (poster, mailer))))
    market.refund_purchase(admin, RefundRequest(order.id, 1, WHY))
    (refund_id,) = market.provider.refunds
    market.capture(market.buy(bea, poster))
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    dispute_id = market.provider.dispute(session(order), Money(500, "EUR"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    for _ in range(12):
        order = market.record_purchase(session(order)).order
        market.pass_time(days=2)

    assert order.doubles == (1,)
    assert order.settlement.refunds[-1].given_up is GivenUp.DISPUTE_LOST
    assert (AccountKind.PAYABLE in left(market)) is not alone
    assert later(market).orders == ()


def test_reconciliation_books_all_that_the_journal_lost(
    market: Marketplace, order: Order, poster: Automation
) -> None:
    """Of orders that are in step, of several sellers and of one."""
    market.capture(market.buy(market.person("eve"), poster))
    agreed = left(market), later(market).agreed
    lost = market.but(journal=MemoryJournal())
    planned = lost.reconcile_payments(AGES, dry_run=True)
    mended = lost.reconcile_payments(AGES)

    assert (planned.recorded, mended.recorded) == (2, 2)
    assert (left(lost), later(lost).agreed) == agreed
    assert lost.reconcile_payments(AGES).recorded == 0


def test_reconciliation_by_itself_books_what_the_journal_lost_of_an_earlier_day(
    market: Marketplace, order: Order
) -> None:
    """Not every five minutes: each day has its turn."""
    lost = market.but(journal=MemoryJournal())

    assert lost.reconcile_payments.recent().recorded == 0
    lost.pass_time(days=1, hours=1)
    assert lost.reconcile_payments.earlier(1).recorded == 1
    assert lost.check_books(AGES).agreed


def test_reconciliation_books_a_charge_without_a_fee() -> None:
    """Its other accounts are even without any entry."""
    free = Marketplace(Policy(fee_basis_points=0))
    thing = free.list_automation(free.ready_seller("ada"), title="Post", price="12.50")
    free.capture(free.buy(free.person("bo"), thing))
    lost = free.but(journal=MemoryJournal())

    assert lost.reconcile_payments(AGES).recorded == 1
    assert later(lost).agreed


def test_entry_by_hand_is_not_mended_and_changes_nothing(market: Marketplace, order: Order) -> None:
    """The check goes on telling it."""
    book(market, order.id, Account(AccountKind.BUYERS))

    assert market.reconcile_payments(AGES).recorded == 0
    assert len(later(market).orders) == 1
