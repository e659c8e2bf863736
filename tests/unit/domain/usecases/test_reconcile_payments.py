from datetime import datetime, timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.purchases import MemoryPurchases
from koda.domain.model.automations import Automation
from koda.domain.model.errors import CorruptRecord, NotFound, Unavailable
from koda.domain.model.identifiers import AccountId, CheckoutSessionId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.reconciliations import Reconciled
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON, an_order
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.threads import at_once
from tests.support.windows import order_in_another_window

DAY = timedelta(days=1)
AGES = Period(NOON - 1000 * DAY, NOON + 1000 * DAY)


def paid_untold(market: Marketplace, buyer: Principal, *things: Automation) -> Order:
    """An order that was paid, and of which no message came."""
    order = market.order(buyer, *things)
    market.provider.pay(session(order))
    return order


def reconcile(market: Marketplace, *, dry_run: bool = False) -> Reconciled:
    """Compare all that ever was."""
    return market.reconcile_payments(AGES, dry_run=dry_run)


def found(reconciled: Reconciled) -> list[tuple[str, str | None]]:
    """The codes of what was found, and the orders."""
    return [(finding.code, finding.order_id) for finding in reconciled.findings]


def dearer(line: OrderLine) -> OrderLine:
    """A line that cost a cent more when it was ordered."""
    return evolve(line, price=line.price + Money(1, "EUR"))


def restricted(market: Marketplace, account: str) -> None:
    """An account that cannot receive."""
    market.provider.restrict(AccountId(account), Restricted(sentence("listed")))


def test_a_payment_that_nobody_told_of_is_found(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The purchases are there, the sellers are paid, and everybody is told."""
    order = paid_untold(market, bea, poster, mailer)

    assert reconcile(market) == Reconciled(compared=1, recorded=1)
    assert market.orders.get(order.id).settled
    assert len(market.purchases.of_buyer(bea.user_id, 5).items) == 2
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert market.provider.balance(AccountId("acct_cyd")) == 1700
    assert len(market.notices.sent) == 3


def test_it_does_nothing_the_second_time(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """What is settled is compared, and not even asked for."""
    order = paid_untold(market, bea, poster)
    reconcile(market)
    stored = market.orders.get(order.id)

    assert market.fail("payments.find").reconcile_payments(AGES) == Reconciled(compared=1)
    assert market.orders.get(order.id) == stored


def test_runs_at_once_do_what_one_does(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each seller is paid once."""
    paid_untold(market, bea, poster, mailer)
    at_once(8, lambda _: reconcile(market))

    assert len(market.purchases.of_buyer(bea.user_id, 5).items) == 2
    assert len(market.provider.transfers) == 2
    assert len(market.notices.sent) == 3


def test_a_dry_run_records_nothing(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It counts what a run would record."""
    untold = paid_untold(market, bea, poster)
    left = evolve(an_order(lines=market.order(bea, mailer).lines), buyer_id=bea.user_id)
    market.orders.add(evolve(left, created_at=NOON, buyer_id=market.person("fay").user_id))
    market.pass_time(hours=2)

    assert reconcile(market, dry_run=True) == Reconciled(compared=3, recorded=3)
    assert market.orders.get(untold.id).state is OrderState.OPEN
    assert market.orders.get(left.id).state is OrderState.OPEN
    assert reconcile(market) == Reconciled(compared=3, recorded=3)
    assert market.orders.get(left.id).state is OrderState.EXPIRED


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda market, order: market.provider.expire(session(order)), OrderState.EXPIRED),
        (lambda market, _: market.pass_time(hours=2), OrderState.EXPIRED),
        (lambda market, order: slow(market, order, succeed=False), OrderState.FAILED),
        (lambda market, order: slow(market, order, succeed=True), OrderState.PAID),
    ],
    ids=["expired", "left alone", "failed", "collected"],
)
def test_an_order_ends_as_its_session_did(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    end: object,
    state: OrderState,
) -> None:
    """Whichever message was lost."""
    order = market.order(bea, poster)
    assert callable(end)
    end(market, order)
    reconcile(market)

    assert market.orders.get(order.id).state is state


def slow(market: Marketplace, order: Order, *, succeed: bool) -> None:
    """A debit that is collected, or bounces."""
    market.provider.pay_later(session(order))
    market.provider.settle(session(order), succeed=succeed)


def test_what_may_still_be_paid_is_left_alone(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """An open checkout, and money that is on its way, also past the end of its checkout."""
    order = market.order(bea, poster)
    debit = market.order(bea, mailer)
    market.provider.pay_later(session(debit))
    assert reconcile(market) == Reconciled(compared=2)
    market.provider.expire(session(order))
    reconcile(market)
    market.pass_time(hours=2)

    assert reconcile(market) == Reconciled(compared=3)
    assert market.orders.get(debit.id).state is OrderState.OPEN


def test_refunds_and_disputes_that_nobody_told_of_are_followed(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Access ends as if their messages had come."""
    refunded, disputed = market.buy(bea, poster), market.buy(bea, mailer)
    market.provider.refund(session(refunded))
    market.provider.dispute(session(disputed))
    assert reconcile(market).recorded == 2

    states = {
        purchase.automation_id: purchase.state
        for purchase in market.purchases.of_buyer(bea.user_id, 5).items
    }
    assert states == {
        poster.id: PurchaseState.REFUNDED,
        mailer.id: PurchaseState.DISPUTED,
    }


def test_money_that_does_not_move_is_a_finding_until_it_moves(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The other seller is paid."""
    order = paid_untold(market, bea, poster, mailer)
    restricted(market, "acct_cyd")
    reconciled = reconcile(market)

    assert found(reconciled) == [("money_held", order.id)]
    assert str(reconciled.findings[0].message) == "17.00 EUR of seller user_cyd is held: account"
    assert found(reconcile(market, dry_run=True)) == [("money_held", order.id)]
    market.provider.complete_onboarding(AccountId("acct_cyd"))
    assert found(reconcile(market)) == [("money_held", order.id)]
    market.pass_time(minutes=5)
    assert reconcile(market) == Reconciled(compared=1, recorded=1)
    assert market.orders.get(order.id).settled


def test_what_a_seller_owes_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Until the provider can take it."""
    order = market.buy(bea, poster, mailer)
    market.provider.pay_out(AccountId("acct_ada"))
    joe = market.person("joe", Role.ADMIN)
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it does not run"))
    reconciled = reconcile(market)

    assert found(reconciled) == [("share_owed", order.id)]
    assert "user_ada owes 10.62 EUR" in str(reconciled.findings[0].message)


def test_a_refund_that_belongs_to_no_line_is_one_finding(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Though it holds the money of both sellers."""
    order = paid_untold(market, bea, poster, mailer)
    refund_id = market.provider.refund(session(order), Money(83, "EUR"))
    reconciled = reconcile(market)

    assert found(reconciled) == [("refund_unmatched", order.id)]
    assert str(reconciled.findings[0].message) == f"refund {refund_id} belongs to no line"


def test_a_refund_that_waits_for_the_balance_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Somebody must top it up; it goes on by itself once it has."""
    order = market.capture(market.buy(bea, poster, mailer))
    joe = market.person("joe", Role.ADMIN)
    market.provider.next_refund, market.provider.lacks_funds = RefundState.PENDING, True
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it does not run"))
    (finding,) = reconcile(market).findings
    (refund,) = market.orders.get(order.id).settlement.refunds
    assert refund.refund_id is not None
    market.provider.settle_refund(refund.refund_id, RefundState.SUCCEEDED)
    market.deliver_charge(order)

    assert (finding.code, finding.order_id) == ("refund_held", order.id)
    assert str(finding.what_to_do).startswith("The marketplace's balance")
    assert found(reconcile(market)) == []
    assert market.orders.get(order.id).settled


def test_a_double_that_cannot_go_back_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The buyer had it already, and their bank disputes the payment."""
    first = market.order(bea, poster)
    second = order_in_another_window(market, bea, poster, mailer)
    market.pay(first)
    market.provider.pay(session(second))
    market.provider.dispute(session(second))

    assert ("refund_held", second.id) in found(reconcile(market))


def test_a_double_that_is_going_back_is_no_finding(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """It waits for the provider to capture the charge, and not for a person."""
    other = market.list_automation(market.person("ada"), title="Tidy up")
    first = market.order(bea, poster)
    second = order_in_another_window(market, bea, poster, other)
    market.pay(first)
    market.provider.pay(session(second))

    assert found(reconcile(market)) == []
    assert not market.orders.get(second.id).settled
    market.pass_time(seconds=1)
    assert found(reconcile(market)) == []
    assert market.orders.get(second.id).settled


def restored(market: Marketplace) -> Marketplace:
    """The market after a restore from before there were orders."""
    return market.but(orders=MemoryOrders(), purchases=MemoryPurchases(), journal=MemoryJournal())


def test_an_order_that_a_restore_lost_is_rebuilt_from_its_session(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The buyer has it again, no seller is paid twice, and the books are whole."""
    order = market.buy(bea, poster, mailer)
    market.provider.expire(session(market.order(market.person("fay"), mailer)))
    again = restored(market)
    balance = market.provider.balance(AccountId("acct_ada"))

    assert again.reconcile_payments(AGES, dry_run=True) == Reconciled(compared=2, recorded=1)
    assert again.reconcile_payments(AGES) == Reconciled(compared=2, recorded=1)
    assert again.orders.get(order.id).lines == order.lines
    assert again.orders.get(order.id).settled
    assert len(again.purchases.of_buyer(bea.user_id, 5).items) == 2
    assert market.provider.balance(AccountId("acct_ada")) == balance
    before, after = (books.journal.balances(AGES.until) for books in (market, again))
    assert before == after


def test_two_runs_at_once_rebuild_one_order(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Whoever adds it."""
    order = paid_untold(market, bea, poster)
    again = restored(market)
    runs = at_once(8, lambda _: again.reconcile_payments(AGES))

    assert {run.findings for run in runs} == {()}
    assert again.orders.get(order.id).settled


def test_a_payment_of_an_order_that_nobody_remembers_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Nor is it rebuilt before it is paid, or where it is not what was paid."""
    order = paid_untold(market, bea, poster)
    waiting = market.order(bea, mailer)
    market.provider.pay_later(session(waiting))
    forgot = NotFound("checkout session", session(order))
    again = restored(market).fail("payments.order_sold", error=forgot)
    reconciled = again.reconcile_payments(AGES)

    assert sorted(found(reconciled)) == sorted(
        ("order_unknown", lost.id) for lost in (order, waiting)
    )
    assert (
        f"12.50 EUR was paid in checkout session {session(order)}, and its order is not known"
        in {str(finding.message) for finding in reconciled.findings}
    )
    assert (reconciled.compared, reconciled.recorded) == (2, 0)


def test_a_rebuilt_order_that_is_not_what_was_paid_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Nothing is kept of it."""
    order = paid_untold(market, bea, poster)
    again = restored(market)
    kept = market.provider.sessions[session(order)]
    wrong = evolve(order, lines=(dearer(order.lines[0]),), checkout=None, revision=0)

    class Misremembering(MemoryPayments):
        """Payments whose sessions tell of another price."""

        def order_sold(self, session_id: CheckoutSessionId) -> Order:
            """A cent more."""
            return wrong.offered(kept.checkout)

    reconciled = again.but(payments=Misremembering(market.provider)).reconcile_payments(AGES)

    assert found(reconciled) == [("payment_mismatch", order.id)]
    with pytest.raises(NotFound):
        again.orders.get(order.id)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_payment_that_does_not_fit_is_a_finding_and_stops_no_other(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, *, dry_run: bool
) -> None:
    """Whether it was recorded before or not."""
    settled, untold = market.buy(bea, poster), paid_untold(market, bea, mailer)
    wrong = [
        market.orders.save(evolve(order, lines=(dearer(order.lines[0]),)))
        for order in (settled, market.orders.get(untold.id))
    ]
    last = paid_untold(market, market.person("fay"), poster)
    reconciled = reconcile(market, dry_run=dry_run)

    assert sorted(found(reconciled)) == sorted(("payment_mismatch", order.id) for order in wrong)
    assert market.orders.get(last.id).settled is not dry_run


def test_a_session_that_the_provider_does_not_know_is_a_finding(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Another account of the provider's may know whether it was paid."""
    order = market.order(bea, poster)
    market.provider.sessions.clear()
    market.pass_time(hours=2)

    assert found(reconcile(market)) == [("not_found", order.id)]
    assert market.orders.get(order.id).state is OrderState.OPEN


def test_a_damaged_order_stops_no_other(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It is a finding, and a store that is down is an error."""
    first = paid_untold(market, bea, poster)
    last = paid_untold(market, bea, mailer)
    damaged = market.fail("orders.get", error=CorruptRecord("order", last.id, "it is gone"))

    assert ("corrupt_record", last.id) in found(damaged.reconcile_payments(AGES))
    assert market.orders.get(first.id).settled
    with pytest.raises(Unavailable):
        market.fail("orders.get").reconcile_payments(AGES)


def test_what_was_cut_off_is_completed_by_the_next_run(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Wherever it was cut off."""
    for number, call in enumerate(("purchases.record", "payments.pass_on", "orders.save")):
        order = paid_untold(market, market.person(f"buyer{number}"), poster, mailer)
        with pytest.raises(Unavailable):
            market.fail(call, after=True).reconcile_payments(AGES)
        reconcile(market)

        assert market.orders.get(order.id).settled
        assert len(market.provider.transfers) == 2 * (number + 1)


def test_sessions_that_could_be_paid_in_the_period_are_listed(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """They are opened up to a day before; orders made after its end are left to another run."""
    order = paid_untold(market, bea, poster)
    market.reconcile_payments(Period(NOON - DAY, NOON))
    assert market.orders.get(order.id).state is OrderState.OPEN

    assert market.reconcile_payments(Period(NOON + DAY, NOON + 2 * DAY)).recorded == 1


def test_sessions_that_were_opened_just_after_the_period_are_listed(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Of orders that were made in it; whose clock is ahead does not matter."""
    order = paid_untold(market, bea, poster)
    market.orders.save(evolve(order, created_at=NOON - timedelta(seconds=1)))
    market.pass_time(days=1)

    assert market.reconcile_payments.earlier(1).recorded == 1
    assert market.orders.get(order.id).settled


def test_what_is_under_way_is_looked_at_however_old_it_is(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider need not list it."""
    order = paid_untold(market, bea, poster)
    market.pass_time(days=300)

    assert market.reconcile_payments.recent() == Reconciled(compared=1, recorded=1)
    assert market.orders.get(order.id).settled


def test_the_earliest_period_asks_for_no_time_before_all_others(market: Marketplace) -> None:
    """Providers count seconds from 1970."""
    asked: list[datetime] = []

    class Listening:
        """Payments that note what they are asked for."""

        def opened(self, period: Period) -> tuple[()]:
            """Nothing."""
            asked.append(period.since)
            return ()

        transferred = fraud_warnings = opened

    beginning = NOON.replace(year=1970, month=1, day=1, hour=0)
    market.but(payments=Listening()).reconcile_payments(Period(beginning, NOON))

    assert asked == [beginning] * 3


def test_it_tells_how_far_it_came(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """After each order."""
    paid_untold(market, bea, poster)
    paid_untold(market, market.person("fay"), poster)
    heard: list[int] = []
    market.reconcile_payments(AGES, told=lambda so_far: heard.append(so_far.compared))

    assert heard == [1, 2]


def test_refund_that_is_recorded_is_in_step(market: Marketplace, ada: Principal) -> None:
    """And a dispute; neither is counted as missing again, by a look or by a run."""
    order = market.buy(market.person("bo"), market.list_automation(ada))
    market.pass_time(minutes=1)
    market.refund_purchase(ada, RefundRequest(order.id, 1, "it does not run", Money(250, "EUR")))
    market.provider.dispute(session(order), Money(100, "EUR"))

    assert reconcile(market, dry_run=True).recorded == 1
    assert reconcile(market).recorded == 1
    assert reconcile(market, dry_run=True) == Reconciled(compared=1)
    assert reconcile(market) == Reconciled(compared=1)
