"""Telling buyers and sellers what became of an order."""

from typing import assert_never

from attrs import frozen

from koda.domain.model.events import (
    DomainEvent,
    Event,
    LinesPaidTwice,
    OrderPaid,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.notices import (
    DoublePaymentNotice,
    HeldSaleNotice,
    Notice,
    Receipt,
    SaleNotice,
)
from koda.domain.model.orders import Order
from koda.ports.notices import Notices
from koda.ports.orders import Orders

TOLD: tuple[type[Event], ...] = (OrderPaid, LinesPaidTwice, SharePaid, ShareHeld)
"""The events that somebody is told of."""


@frozen
class SendNotices:
    """Subscriber that sends one notice for each event of `TOLD`."""

    orders: Orders
    notices: Notices

    def __call__(self, event: DomainEvent) -> None:
        """Send the notice that follows from `event`; of others nothing follows.

        Raises:
            Undeliverable: it can reach nobody.
            Unavailable: it may be sent later.
        """
        if isinstance(event, OrderPaid | LinesPaidTwice | SharePaid | ShareHeld):
            self.notices.send(_notice(event, self.orders.get(event.order_id)))


def _notice(event: OrderPaid | LinesPaidTwice | SharePaid | ShareHeld, order: Order) -> Notice:
    lines = tuple(line for line in order.lines if line.number in event.lines)
    about = event.id, event.occurred_at
    match event:
        case OrderPaid():
            return Receipt(*about, event.buyer_id, order.id, lines, event.total)
        case LinesPaidTwice():
            return DoublePaymentNotice(*about, event.buyer_id, order.id, lines, event.total)
        case SharePaid():
            return SaleNotice(*about, event.seller_id, order.id, lines, event.net)
        case ShareHeld():
            held = event.net, event.reason
            return HeldSaleNotice(*about, event.seller_id, order.id, lines, *held)
        case _:
            assert_never(event)
