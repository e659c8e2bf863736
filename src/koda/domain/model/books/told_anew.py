"""Shares of an order whose end is booked, and which it holds or is owed all the same."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from koda.domain.model.books.debts import debt_recovered
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import share_released
from koda.domain.model.settlements import HeldShare, OwedShare

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

_Share = TypeVar("_Share", HeldShare, OwedShare)


def told_anew(order: "Order", booked: Collection[str], now: datetime) -> "Order":
    """The order with a new `since` for each share whose end is among the `booked` keys.

    The end is booked before the order is saved. A call that is cut off in between leaves a share
    that the books let go; under its old key it would never be booked again.
    """

    def anew(share: _Share, end: str) -> _Share:
        return evolve(share, since=order.revision + 1) if end in booked else share

    def about(share: HeldShare | OwedShare) -> About:
        return About(order.id, now, seller_id=share.seller_id)

    before = order.settlement
    held = tuple(
        anew(share, share_released(about(share), share.net, share.since).key)
        for share in before.held
    )
    owed = tuple(
        anew(share, debt_recovered(about(share), share.amount, share.since).key)
        for share in before.owed
    )
    return evolve(order, settlement=evolve(before, held=held, owed=owed))
