"""Passing on what was held, once its seller can be paid."""

from contextlib import suppress
from functools import partial

from attrs import frozen

from koda.domain.model.errors import NotFound, PaymentMismatch, StaleWrite
from koda.domain.model.events import DomainEvent, Event, PayoutStatusChanged
from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import every
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.ports.orders import Orders
from koda.ports.sellers import Sellers

RELEASING: tuple[type[Event], ...] = (PayoutStatusChanged,)
"""The events after which money may move that was held."""
_AT_ONCE = 100
"""Orders that are read at once."""


@frozen(eq=False, repr=False)
class ReleaseHeld:
    """Subscriber that asks the provider again for what it refused, once an account can receive.

    Otherwise it would wait for the next time by itself, which may be a day away.
    """

    sellers: Sellers
    orders: Orders
    record: RecordPurchase

    def __call__(self, event: DomainEvent) -> None:
        """Pass on what is held from the seller of `event`, if they can be paid.

        Raises:
            Unavailable: the provider or the store is down; calling again goes on.
        """
        if isinstance(event, PayoutStatusChanged) and self._ready(event.user_id):
            query = OrderQuery.holding_from(event.user_id)
            for order in every(partial(self.orders.listed, query, _AT_ONCE)):
                self._release(order, event.user_id)

    def _ready(self, seller_id: UserId) -> bool:
        seller = self.sellers.find(seller_id)
        return seller is not None and seller.ready

    def _release(self, order: Order, seller_id: UserId) -> None:
        if order.checkout is None:
            return
        with suppress(StaleWrite, NotFound, PaymentMismatch):
            # Somebody else is at it, or somebody must look: a comparison tells.
            self.orders.save(order.asking_again(seller_id))
            self.record(order.checkout.id)
