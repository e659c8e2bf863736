"""What holds after every step, whatever came in and in whatever order, and what holds at the end.

The numbers are those of the design's "Always true".
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import Forbidden, NotFound
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.model.notices import Notice, OrderNotice
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.people import Principal
from koda.domain.model.purchases import Purchase
from koda.testing.marketplace import Marketplace
from tests.ledger.oracle import PAID, Oracle, Right
from tests.ledger.outside import Outside

EVERYTHING = 100


def check_always(market: Marketplace, outside: Outside, oracle: Oracle) -> None:
    """Assert what no schedule may break at any moment."""
    for name in oracle.orders:
        order = market.orders.get(oracle.orders[name].id)
        check_sums(order)
        check_frozen(order, oracle)
        check_spending(order, outside, oracle)
    check_rights(market, oracle)
    check_balance(outside, oracle)
    trial = market.journal.balances(market.clock() + timedelta(days=1))
    assert sum(balance.minor for balance in trial) == 0
    check_notices(market.notices.sent)


def check_finally(market: Marketplace, outside: Outside, oracle: Oracle) -> None:
    """Assert what every schedule comes to once all messages arrived or all orders were seen."""
    check_always(market, outside, oracle)
    won = [
        line
        for right, paid in oracle.rights.items()
        for order, line in paid
        if _won(market, right, order)
    ]
    assert len(won) == len(oracle.rights)
    assert live(market, oracle) == set(oracle.rights)
    for name, state in oracle.states.items():
        order = market.orders.get(oracle.orders[name].id)
        assert order.settled == (state == PAID), (name, state, order)
        assert order.state in _states_of(state), (name, state, order.state)
        if state == PAID:
            check_settled(order, market, outside)
    check_incomes(outside, oracle, won)
    check_books(market, outside, oracle)
    check_access(market, oracle)


def check_sums(order: Order) -> None:
    """1: fee and net are the gross of each line, and the shares are the order."""
    for line in order.lines:
        assert line.fee + line.net == line.price
    gross = Money.total((share.gross for share in order.shares), order.currency)
    net = Money.total((share.net for share in order.shares), order.currency)
    assert gross == order.total == net + order.fee


def check_frozen(order: Order, oracle: Oracle) -> None:
    """5: what is paid is what was ordered, whatever the listing says by now."""
    assert order.lines == oracle.orders[order.id].lines


def check_spending(order: Order, outside: Outside, oracle: Oracle) -> None:
    """1 and 3: no more leaves a payment than came in, and nothing without one."""
    spent = sum(outside.transferred(order).values()) + sum(outside.refunded(order))
    paid = oracle.states[order.id] == PAID

    assert spent <= (order.total.minor if paid else 0), (order.id, spent, paid)
    assert paid or order.state is not OrderState.PAID


def purchases_of(market: Marketplace, buyer: str) -> tuple[Purchase, ...]:
    """Everything that a buyer bought, but for doubles."""
    return market.purchases.of_buyer(UserId(buyer), EVERYTHING).items


def live(market: Marketplace, oracle: Oracle) -> set[Right]:
    """What every buyer has a live purchase of; 2: never more than one of a thing."""
    purchases = Counter(
        (purchase.buyer_id, purchase.automation_id)
        for buyer in oracle.buyers()
        for purchase in purchases_of(market, buyer)
        if purchase.live
    )
    assert all(count == 1 for count in purchases.values()), purchases
    return set(purchases)


def check_rights(market: Marketplace, oracle: Oracle) -> None:
    """3: nobody has what nobody paid for."""
    assert live(market, oracle) <= set(oracle.rights)


def check_balance(outside: Outside, oracle: Oracle) -> None:
    """1: every minor unit that came in is somewhere, or went back."""
    accounts = ("platform", *(account for _, account in oracle.sellers()))
    held = sum(outside.balance(account) for account in accounts)
    back = sum(sum(outside.refunded(order)) for order in oracle.orders.values())

    assert held + outside.under_way() == oracle.charged - back


def check_notices(sent: list[Notice]) -> None:
    """Everybody is told once of an order."""
    orders = [notice for notice in sent if isinstance(notice, OrderNotice)]
    told = Counter((type(notice), notice.order_id, notice.user_id) for notice in orders)
    assert all(count == 1 for count in told.values()), told


def check_settled(order: Order, market: Marketplace, outside: Outside) -> None:
    """2: of a paid order each seller has the net of what was kept, and the buyer the doubles."""
    lines = [line for line in order.lines if _won(market, _right(order, line.automation_id), order)]
    doubles = [line.price.minor for line in order.lines if line not in lines]
    nets: Counter[str] = Counter()
    for line in lines:
        nets[line.account_id] += line.net.minor

    assert sorted(outside.refunded(order)) == sorted(doubles), order.id
    assert outside.transferred(order) == ({} if order.destination else dict(nets)), order.id


def check_incomes(outside: Outside, oracle: Oracle, won: Iterable[OrderLine]) -> None:
    """1: each seller holds the nets of the lines that won, and the marketplace their fees."""
    incomes: Counter[str] = Counter()
    for line in won:
        incomes[line.account_id] += line.net.minor
        incomes["platform"] += line.fee.minor
    accounts = ("platform", *(account for _, account in oracle.sellers()))

    assert {account_id: outside.balance(account_id) for account_id in accounts} == {
        account_id: incomes[account_id] for account_id in accounts
    }


def books(market: Marketplace, oracle: Oracle) -> dict[str, int]:
    """What the entries of these orders leave in each account, in minor units of EUR."""
    queries = [EntryQuery.of_order(order.id) for order in oracle.orders.values()]
    entries = [
        entry for query in queries for entry in market.journal.entries(query, EVERYTHING).items
    ]
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def check_books(market: Marketplace, outside: Outside, oracle: Oracle) -> None:
    """1: nothing is due, held, owed or to go back; the fees of the lines that won are revenue.

    What the marketplace has at the provider is what the books say.
    """
    expected: Counter[str] = Counter(provider=outside.balance("platform"))
    for order in oracle.those(PAID):
        for line in order.lines:
            won = _won(market, _right(order, line.automation_id), order)
            expected[f"revenue:{line.seller_id}"] -= line.fee.minor if won else 0

    assert books(market, oracle) == {account: minor for account, minor in expected.items() if minor}


def check_access(market: Marketplace, oracle: Oracle) -> None:
    """3: the file opens to those who paid, and to nobody else."""
    things = {line.automation_id for order in oracle.orders.values() for line in order.lines}
    for buyer in oracle.buyers():
        for thing in things:
            assert opens(market, buyer, thing) == ((buyer, thing) in oracle.rights), (buyer, thing)


def opens(market: Marketplace, buyer: str, automation_id: AutomationId) -> bool:
    """Whether `buyer` gets a link."""
    try:
        market.authorize_download(Principal(UserId(buyer), "sess_1"), automation_id)
    except (Forbidden, NotFound):
        return False
    return True


def _right(order: Order, automation_id: AutomationId) -> Right:
    return order.buyer_id, automation_id


def _won(market: Marketplace, right: Right, order: Order) -> bool:
    """Whether the purchase of `right` was made by this order."""
    bought = market.purchases.find(UserId(right[0]), AutomationId(right[1]))
    return bought is not None and bought.order_id == order.id


def _states_of(payment: str) -> set[OrderState]:
    """What an order may say in the end; one that is about to expire may be closed early."""
    if payment == PAID:
        return {OrderState.PAID}
    if payment in {"open", "processing"}:
        return {OrderState.OPEN, OrderState.EXPIRED}
    return {OrderState.EXPIRED, OrderState.FAILED}
