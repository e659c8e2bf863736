"""What holds after every step of a history, after each reconciliation, and in the end."""

from collections import Counter
from datetime import timedelta

from koda.domain.model.notices import Receipt, SaleNotice
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.refund_states import RefundState
from koda.testing.marketplace import Marketplace
from tests.e2e.histories.history import History
from tests.ledger.invariants import check_sums, opens, purchases_of
from tests.support.sessions import session

MOST_COMPARISONS = 6
"""After which nothing may be left to do."""
UNDER_WAY = frozenset({RefundState.PENDING, RefundState.REQUIRES_ACTION})


def check_always(history: History) -> None:
    """Assert what no step may break."""
    market = history.market
    lines = {opened.id: opened.lines for opened in history.orders}
    for order in history.stored():
        check_sums(order)
        assert order.lines == lines[order.id]
        assert order.state is not OrderState.PAID or order.id in history.paid
        check_shares(order)
    for buyer in history.buyers:
        live = Counter(
            purchase.automation_id
            for purchase in purchases_of(market, buyer.user_id)
            if purchase.live
        )
        paid = {
            line.automation_id
            for order in history.orders
            if order.id in history.paid and order.buyer_id == buyer.user_id
            for line in order.lines
        }
        assert all(count == 1 for count in live.values()), live
        assert set(live) <= paid
    assert sum(books(market).values()) == 0


def check_shares(order: Order) -> None:
    """No seller gets more than the net of their lines by transfers.

    What a charge paid them itself comes back by its refunds, of which the order does not tell.
    """
    if order.destination is not None:
        return
    got: Counter[str] = Counter()
    for share in order.settlement.paid:
        got[share.seller_id] += share.net.minor
    for back in order.settlement.taken:
        got[back.seller_id] -= back.amount.minor
    nets: Counter[str] = Counter()
    for line in order.lines:
        nets[line.seller_id] += line.net.minor
    for seller_id, minor in got.items():
        assert minor <= nets[seller_id], (order.id, seller_id, minor)


def books(market: Marketplace) -> dict[str, int]:
    """The balance of each account that has one."""
    left = market.journal.balances(market.clock() + timedelta(days=1))
    return {balance.account.name: balance.minor for balance in left if balance.minor}


def check_reconciled(history: History) -> None:
    """Assert what holds once everything was compared."""
    market = history.market
    check_ledger(history)
    for order in history.stored():
        payment = market.payments.find(session(order))
        assert (order.state is OrderState.PAID) == (payment.state is PaymentState.PAID), order
        if payment.state is PaymentState.PAID:
            assert order.id in history.paid
            assert order.settlement.disputes == payment.disputes
    assert history.paid <= {order.id for order in history.stored()}
    check_access(history)


def check_ledger(history: History) -> None:
    """The books are the provider's own ledger and what orders say, but for what has not arrived.

    At the sandbox a refund that was on its way a moment ago may have failed since.
    """
    checked = history.market.check_books(history.everything)
    assert (checked.orders, checked.orders_under_way) == ((), 0), checked.orders
    payments = [history.market.payments.find(session(order)) for order in history.orders]
    known = {
        refund.refund_id
        for order in history.stored()
        for refund in order.settlement.refunds
        if refund.state in UNDER_WAY
    }
    waiting = {
        reference
        for payment in payments
        for made in payment.refunds
        if made.state in UNDER_WAY or made.id in known
        for reference in (made.id, made.reversal_id)
    }
    for difference in (*checked.differences, *checked.under_way):
        assert difference.subject.reference in waiting, difference
    assert all(balance.unexplained == 0 for balance in checked.balances), checked.balances


def check_access(history: History) -> None:
    """Access is: paid, not given back whole, and no dispute that is open or took all.

    Where somebody gave back a part by hand, or a lost dispute took a part, either may be right.
    """
    open_for: set[tuple[str, str]] = set()
    unclear: set[tuple[str, str]] = set()
    for order in history.stored():
        rights = {line.number: (order.buyer_id, line.automation_id) for line in order.lines}
        payment = history.market.payments.find(session(order))
        if payment.state is not PaymentState.PAID or payment.in_dispute or not payment.left.minor:
            continue
        given = [made for made in payment.refunds if not made.undone]
        untouched = not given and not payment.disputed and not order.settlement.due
        for line in order.lines:
            back = sum(made.amount.minor for made in given if made.line == line.number)
            if untouched and line.number not in order.settlement.unsold:
                open_for.add(rights[line.number])
            elif back < line.price.minor:
                unclear.add(rights[line.number])
    unclear |= open_for
    for buyer in history.buyers:
        for thing in history.listed:
            right = (buyer.user_id, thing.id)
            allowed = opens(history.market, buyer.user_id, thing.id)
            stopped = history.market.automations.get(thing.id).suspended
            assert allowed or stopped or right not in open_for, right
            assert not allowed or right in unclear, right


def check_finally(history: History) -> None:
    """Assert that comparing comes to an end, and that everybody was told of a sale once.

    At the sandbox a refund that is made meanwhile fails a moment later, and is made anew.
    """
    ends: list[tuple[list[Order], dict[str, int]]] = []
    while len(ends) < 2 or ends[-1] != ends[-2]:
        assert len(ends) < MOST_COMPARISONS, ends[-2:]
        history.reconcile(0, 0, 0)
        check_reconciled(history)
        ends.append((history.stored(), books(history.market)))
    told = Counter(
        (type(notice), notice.order_id, notice.user_id, line.number)
        for notice in history.market.notices.sent
        if isinstance(notice, Receipt | SaleNotice)
        for line in notice.lines
    )
    assert history.restored or all(count == 1 for count in told.values()), told
