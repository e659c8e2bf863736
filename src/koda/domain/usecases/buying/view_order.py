"""Looking at one's own order."""

import logging

from attrs import frozen

from koda.domain.model.errors import NotFound, TooMany, Unavailable
from koda.domain.model.identifiers import OrderId
from koda.domain.model.orders import OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.usecases.buying.record_purchase import Recorded, RecordPurchase
from koda.ports.orders import Orders
from koda.ports.rate_limiter import RateLimiter

logger: logging.Logger = logging.getLogger("koda.payments")

_PAYMENT_OF = {
    OrderState.OPEN: PaymentState.OPEN,
    OrderState.PAID: PaymentState.PAID,
    OrderState.EXPIRED: PaymentState.EXPIRED,
    OrderState.FAILED: PaymentState.FAILED,
}


@frozen(eq=False, repr=False)
class ViewOrder:
    """Shows a buyer their order, asking the provider first while it is not settled.

    So a buyer who comes back from paying has the purchase even if no message ever arrives. However
    often they look, the provider is asked as often as `limiter` lets it, about each order.
    """

    orders: Orders
    record: RecordPurchase
    limiter: RateLimiter

    def __call__(self, principal: Principal, order_id: OrderId) -> Recorded:
        """Return the order and where its money is.

        Raises:
            NotFound: not an order of `principal`'s.
            PaymentMismatch: what was paid is not what was ordered.
        """
        order = self.orders.get(order_id)
        if order.buyer_id != principal.user_id:
            raise NotFound("order", order_id)
        known = Recorded(order, _PAYMENT_OF[order.state])
        if order.checkout is None or order.settled:
            return known
        try:
            self.limiter.check("payment_look", f"order:{order_id}")
            return self.record(order.checkout.id)
        except TooMany:
            return known
        except (Unavailable, NotFound) as error:
            logger.warning("Order %s is shown as it was known: %s", order_id, error)
            return known
