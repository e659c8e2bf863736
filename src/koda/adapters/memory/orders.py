"""Orders in memory."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from koda.adapters.memory.collection import Collection, cut
from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, UserId
from koda.domain.model.order_lists import OrderQuery, labels_of, place_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.paging import Cursor, Page
from koda.ports.orders import Orders

UNPAID, UNDER_WAY = "unpaid", "under_way"


class MemoryOrders(Orders):
    """All orders of this process."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self._collection = Collection[Order](
            "order", lambda order: order.id, _keys, _labels, outbox=outbox or MemoryOutbox()
        )

    def get(self, order_id: OrderId) -> Order:
        return self._collection.get_known(order_id)

    def some(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        kept = ((order_id, self._collection.get(order_id)) for order_id in order_ids)
        return {order_id: order for order_id, order in kept if order is not None}

    def find_by_checkout(self, session_id: CheckoutSessionId) -> Order | None:
        return self._collection.find(("checkout", session_id))

    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        return self._collection.find(("open", buyer_id, basket))

    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        return self._collection.find(("request", buyer_id, request_key))

    def listed(self, query: OrderQuery, limit: int, after: Cursor | None = None) -> Page[Order]:
        orders = filter(query.lists, self._collection.labelled(("listed", query.label)))
        return Page(*cut(orders, place_of, limit, after))

    def open_of(self, buyer_id: UserId, limit: int) -> tuple[Order, ...]:
        orders = sorted(
            self._collection.labelled(("open", buyer_id)),
            key=lambda order: (order.created_at, order.id),
            reverse=True,
        )
        return tuple(orders[:limit])

    def open_about(self, subject: str) -> Iterator[Order]:
        return self._oldest_first(("about", subject))

    def add(self, order: Order, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(order, events)

    def save(self, order: Order, events: Sequence[DomainEvent] = ()) -> Order:
        return self._collection.save(order, events)

    def unpaid(self, before: datetime) -> Iterator[Order]:
        return self._made_before(before, UNPAID)

    def under_way(self, before: datetime) -> Iterator[Order]:
        return self._made_before(before, UNDER_WAY)

    def drop(self, order: Order) -> None:
        with self._collection.lock:
            current = self._collection.get(order.id)
            if (
                current is None
                or current.revision != order.revision
                or current.state is OrderState.PAID
            ):
                raise StaleWrite("order", order.id)
            self._collection.remove(order.id)

    def _made_before(self, before: datetime, label: Hashable) -> Iterator[Order]:
        return (order for order in self._oldest_first(label) if order.created_at < before)

    def _oldest_first(self, label: Hashable) -> Iterator[Order]:
        orders = self._collection.labelled(label)
        return iter(sorted(orders, key=lambda order: (order.created_at, order.id)))


def _labels(order: Order) -> Iterable[Hashable]:
    if order.state is not OrderState.PAID:
        yield UNPAID
    if order.under_way:
        yield UNDER_WAY
    if order.state is OrderState.OPEN:
        yield "open", order.buyer_id
        yield from (("about", subject) for subject in order.subjects)
    yield from (("listed", label) for label in labels_of(order))


def _keys(order: Order) -> Iterable[Hashable]:
    if order.checkout is not None:
        yield "checkout", order.checkout.id
    if order.state is OrderState.OPEN:
        yield "open", order.buyer_id, order.basket
    for request in order.requests:
        yield "request", order.buyer_id, request.key
