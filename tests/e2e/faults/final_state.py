"""Final state of a marketplace: what must be the same whatever happened at a call."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.notices import OrderNotice
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.periods import Period
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace

EVERYTHING = 100
_NUMBER = re.compile(r"(?<=_)[0-9]{8}")


def final_state_of(market: Marketplace) -> str:
    """Orders, purchases, books, the provider's money, and who was told what, a line each.

    What has a number is called by its turn, since a repeat may draw another one.
    """
    market.deliver_events()
    turns: dict[str, str] = {}

    def turn(number: re.Match[str]) -> str:
        return turns.setdefault(number[0], str(len(turns) + 1))

    facts = (*_orders(market), *_books(market), *_provider(market), *_told(market))
    return _NUMBER.sub(turn, "\n".join(facts))


def _orders(market: Marketplace) -> Iterator[str]:
    for order in market.orders.listed(OrderQuery(), EVERYTHING).items:
        yield f"order {order.id}: {order.state} {_settlement(order)}"
    for purchase in market.purchases.of_buyer(UserId("user_bea"), EVERYTHING).items:
        yield f"purchase {purchase.id}: {purchase.state}"


def _settlement(order: Order) -> list[object]:
    """What became of an order's money, without what counts how often it was looked at."""
    settlement = order.settlement
    return [
        settlement.doubles,
        settlement.delivered,
        [(share.seller_id, share.lines, share.net) for share in settlement.paid],
        [(share.seller_id, share.net, share.reason) for share in settlement.held],
        [(made.key, made.amount, made.fee, made.state, made.waits) for made in settlement.refunds],
        [(back.seller_id, back.amount) for back in settlement.taken],
        [(owed.seller_id, owed.amount) for owed in settlement.owed],
        settlement.unmatched,
        [(dispute.id, dispute.state) for dispute in settlement.disputes],
        settlement.losses,
    ]


def _books(market: Marketplace) -> Iterator[str]:
    until = market.clock() + timedelta(days=1)
    for balance in market.journal.balances(until):
        yield f"books {balance.account.name}: {balance.minor}"
    checked = market.check_books(Period(NOON - timedelta(days=1), until))
    for difference in (*checked.differences, *checked.under_way):
        yield f"difference {difference.subject}: {difference.minor}"


def _provider(market: Marketplace) -> Iterator[str]:
    provider = market.provider
    for account in ("platform", *provider.accounts):
        yield f"balance {account}: {provider.balance(AccountId(account))}"
    for session_id in provider.sessions:
        yield f"session {session_id}: {provider.session(session_id).state}"
    yield f"transfers: {sorted(provider.transfers)}"
    yield f"reversals: {sorted(provider.reversals)}"
    for refund_id, refund in provider.refunds.items():
        yield f"refund {refund_id}: {refund.state}"
    for dispute in provider.disputes.values():
        yield f"evidence: {dispute.evidence}"


def _told(market: Marketplace) -> Iterator[str]:
    told = Counter(
        f"{type(notice).__name__} {notice.user_id} {[line.number for line in notice.lines]}"
        for notice in market.notices.sent
        if isinstance(notice, OrderNotice)
    )
    for notice, times in sorted(told.items()):
        yield f"notice {notice}: {times}"
