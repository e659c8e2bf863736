"""The lists of orders: which there are, in which each order stands, and where."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.open_warnings import open_warnings
from koda.domain.model.paging import Cursor
from koda.domain.model.timestamps import to_milliseconds

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


class OrderList(StrEnum):
    """Which orders a list holds: all, those in a state, or those that somebody may have to mend.

    The first are those of `OrderState`. `unsettled` are paid, and something is left to do;
    `holding` keep money from a seller, and `owing` wait for money of one; `doubled` were paid for
    what the buyer had already; of `refunded` something went back, or goes; `disputed` are those
    that a buyer's bank questions, and `warned` those of which a card's issuer fears fraud; of
    `unassigned` a refund belongs to no line, and of `requested` the buyer asks for a refund,
    unanswered.
    """

    ALL = "all"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    UNSETTLED = "unsettled"
    HOLDING = "holding"
    OWING = "owing"
    DOUBLED = "doubled"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    WARNED = "warned"
    UNASSIGNED = "unassigned"
    REQUESTED = "requested"


@frozen
class OrderQuery:
    """Which orders to list: those of one list, dated from `since` to before `until` (UTC).

    An order is dated when it was paid, or else made: see `place_of`.
    """

    label: str = OrderList.ALL.value
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, which: OrderList, buyer_id: UserId | None = None) -> "OrderQuery":
        """Those of a list, of anybody's or of one buyer's."""
        return cls(which.value if buyer_id is None else f"{which}/buyer/{buyer_id}")

    @classmethod
    def holding_from(cls, seller_id: UserId) -> "OrderQuery":
        """Those that keep money from a seller."""
        return cls(f"{OrderList.HOLDING}/seller/{seller_id}")

    @classmethod
    def owed_by(cls, seller_id: UserId) -> "OrderQuery":
        """Those that wait for money of a seller."""
        return cls(f"{OrderList.OWING}/seller/{seller_id}")

    @classmethod
    def requested_from(cls, seller_id: UserId) -> "OrderQuery":
        """Those whose buyer asks for a refund of what a seller sold."""
        return cls(f"{OrderList.REQUESTED}/seller/{seller_id}")

    @classmethod
    def paid_by(cls, payment_id: PaymentId) -> "OrderQuery":
        """The one that a payment paid, if there is one."""
        return cls(f"payment/{payment_id}")

    def between(self, since: datetime | None, until: datetime | None) -> "OrderQuery":
        """Those of them that are dated from `since` to before `until`."""
        return evolve(self, since=since, until=until)

    def lists(self, order: "Order") -> bool:
        """Whether an order is among those asked for."""
        dated = _dated(order)
        return (
            self.label in labels_of(order)
            and (self.since is None or dated >= self.since)
            and (self.until is None or dated < self.until)
        )


def place_of(order: "Order") -> Cursor:
    """Where it stands in lists: by when it was paid, or made while it is not, then by id."""
    return Cursor(to_milliseconds(_dated(order)), order.id)


def labels_of(order: "Order") -> frozenset[str]:
    """The lists that an order stands in; `OrderQuery` asks for one of them."""
    lists = tuple(_lists_of(order))
    queries = {
        *(OrderQuery.of(which) for which in lists),
        *(OrderQuery.of(which, order.buyer_id) for which in lists),
        *(OrderQuery.holding_from(share.seller_id) for share in order.settlement.held),
        *(OrderQuery.owed_by(share.seller_id) for share in order.settlement.owed),
        *(
            OrderQuery.requested_from(order.line(request.line).seller_id)
            for request in order.open_requests
        ),
        *([OrderQuery.paid_by(order.payment_id)] if order.payment_id else []),
    }
    return frozenset(query.label for query in queries)


def _lists_of(order: "Order") -> Iterator[OrderList]:
    yield OrderList.ALL
    yield OrderList(order.state.value)
    settlement = order.settlement
    if order.paid_at is not None and not order.settled:
        yield OrderList.UNSETTLED
    marks = {
        OrderList.HOLDING: settlement.held,
        OrderList.OWING: settlement.owed,
        OrderList.DOUBLED: settlement.doubles,
        OrderList.REFUNDED: settlement.refunds or settlement.unmatched,
        OrderList.DISPUTED: settlement.contested,
        OrderList.WARNED: open_warnings(order),
        OrderList.UNASSIGNED: settlement.unmatched,
        OrderList.REQUESTED: order.open_requests,
    }
    yield from (which for which, things in marks.items() if things)


def _dated(order: "Order") -> datetime:
    return order.paid_at or order.created_at
