"""Asking for a refund no more."""

from attrs import frozen

from koda.domain.model.errors import NotFound, RefundRequestOver
from koda.domain.model.identifiers import OrderId
from koda.domain.model.order_requests import closing
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.requested_refunds import RequestState
from koda.ports.clock import Clock
from koda.ports.orders import Orders


@frozen(eq=False, repr=False)
class WithdrawRefundRequest:
    """Lets a buyer take back what they asked to be refunded, while nobody answered."""

    orders: Orders
    clock: Clock

    def __call__(self, principal: Principal, order_id: OrderId, line: int) -> Order:
        """Withdraw the request for a line; return the order as it is then.

        Raises:
            NotFound: not an order of `principal`'s, or no such line of it.
            RefundRequestOver: no request for the line is open.
            StaleWrite: the order changed meanwhile.
        """
        order = self.orders.get(order_id)
        if order.buyer_id != principal.user_id:
            raise NotFound("order", order_id)
        request = order.open_request(order.line(line).number)
        if request is None:
            raise RefundRequestOver(order_id, line)
        withdrawn = closing(order, request, RequestState.WITHDRAWN, self.clock())
        return self.orders.save(*withdrawn)
