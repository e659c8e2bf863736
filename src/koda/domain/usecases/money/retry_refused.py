"""Moving what the provider refused to move, once it may not refuse any more."""

from contextlib import suppress
from functools import partial

from attrs import frozen

from koda.domain.model.errors import NotFound, PaymentMismatch, PaymentUnreadable, StaleWrite
from koda.domain.model.event import Event
from koda.domain.model.events import DomainEvent, PayoutStatusChanged, SharePaid
from koda.domain.model.held_money import asking_again
from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import every
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.ports.orders import Orders
from koda.ports.sellers import Sellers

RETRYING: tuple[type[Event], ...] = (PayoutStatusChanged, SharePaid)
"""The events after which money may move that was held, or is owed."""
_AT_ONCE = 100
"""Orders that are read at once."""


@frozen(eq=False, repr=False)
class RetryRefused:
    """Subscriber that asks the provider again for what it refused to move.

    What is held is passed on once its seller's account can receive, and what a seller owes is taken
    back once they have sold more. Otherwise it would wait for the next time by itself, which may be
    a day away.
    """

    sellers: Sellers
    orders: Orders
    record: RecordPurchase

    def __call__(self, event: DomainEvent) -> None:
        """Pass on what is held from the seller of `event`, or take back what they owe.

        Raises:
            Unavailable: the provider or the store is down; calling again goes on.
        """
        if isinstance(event, PayoutStatusChanged) and self._ready(event.user_id):
            self._retry(OrderQuery.holding_from(event.user_id), event.user_id)
        if isinstance(event, SharePaid):
            self._retry(OrderQuery.owed_by(event.seller_id), event.seller_id)

    def _ready(self, seller_id: UserId) -> bool:
        seller = self.sellers.find(seller_id)
        return seller is not None and seller.ready

    def _retry(self, query: OrderQuery, seller_id: UserId) -> None:
        for order in every(partial(self.orders.listed, query, _AT_ONCE)):
            self._ask_again(order, seller_id)

    def _ask_again(self, order: Order, seller_id: UserId) -> None:
        if order.checkout is None:
            return
        with suppress(StaleWrite, NotFound, PaymentMismatch, PaymentUnreadable):
            # Somebody else is at it, or somebody must look: a comparison tells.
            self.orders.save(asking_again(order, seller_id))
            self.record(order.checkout.id)
