"""Orders in memory."""

from collections.abc import Hashable, Iterable

from koda.adapters.memory.shelf import Shelf
from koda.domain.model.identifiers import OrderId, SessionId, UserId
from koda.domain.model.orders import Order, OrderState
from koda.ports.orders import Orders


class MemoryOrders(Orders):
    """All orders of this process."""

    def __init__(self) -> None:
        self._shelf = Shelf[Order]("order", lambda one: one.id, _keys)

    def get(self, order_id: OrderId) -> Order:
        return self._shelf.get_known(order_id)

    def find_by_checkout(self, session_id: SessionId) -> Order | None:
        return self._shelf.find(("checkout", session_id))

    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        return self._shelf.find(("open", buyer_id, basket))

    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        return self._shelf.find(("request", buyer_id, request_key))

    def add(self, order: Order) -> None:
        self._shelf.add(order)

    def save(self, order: Order) -> Order:
        return self._shelf.save(order)


def _keys(order: Order) -> Iterable[Hashable]:
    if order.checkout is not None:
        yield "checkout", order.checkout.id
    if order.state is OrderState.OPEN:
        yield "open", order.buyer_id, order.basket
    if order.request_key is not None:
        yield "request", order.buyer_id, order.request_key
