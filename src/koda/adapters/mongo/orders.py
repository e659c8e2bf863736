"""Orders in MongoDB."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.indexes import LISTED_ORDERS, OPEN_ABOUT, OPEN_OF, UNDER_WAY, UNPAID
from koda.adapters.mongo.keyset import behind, within
from koda.adapters.mongo.records import OUTBOX, Collection, Records, delete, page_of, save
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, UserId
from koda.domain.model.order_lists import OrderQuery, labels_of, place_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.paging import Cursor, Page
from koda.ports.orders import Orders

OLDEST = (("created_at", 1), ("_id", 1))
NEWEST = (("created_at", -1), ("_id", -1))
LATEST = (("keys.dated", -1), ("_id", -1))
AT_ONCE = 100
"""Documents that are read at once."""


def keys_of(order: Order) -> Document:
    """What must be one order's own of a buyer's, while it is, and by what else it is found.

    Its lists are among them, and its place in them.
    """
    keys: Document = {"lists": sorted(labels_of(order)), "dated": place_of(order).value}
    if order.state is OrderState.OPEN:
        keys["open"] = order.basket
        keys["subjects"] = sorted(order.subjects)
    if order.state is not OrderState.PAID:
        keys["unpaid"] = True
    if order.under_way:
        keys["under_way"] = True
    if order.requests:
        keys["requests"] = [request.key for request in order.requests]
    return keys


RECORDS = Records("order", "orders", Order, keys_of)


class MongoOrders(Orders):
    """All orders of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)

    def get(self, order_id: OrderId) -> Order:
        return self._collection.get(order_id)

    def some(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        return {order.id: order for order in self._collection.some(order_ids)}

    def find_by_checkout(self, session_id: CheckoutSessionId) -> Order | None:
        return self._collection.find({"checkout.id": session_id})

    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        return self._collection.find({"buyer_id": buyer_id, "keys.open": basket})

    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        return self._collection.find({"buyer_id": buyer_id, "keys.requests": request_key})

    def listed(self, query: OrderQuery, limit: int, after: Cursor | None = None) -> Page[Order]:
        wanted = {**asked(query), **behind("keys.dated", after)}
        return page_of(self._collection, wanted, limit, LATEST, LISTED_ORDERS)

    def open_of(self, buyer_id: UserId, limit: int) -> tuple[Order, ...]:
        is_open = {"state": OrderState.OPEN.value, "keys.open": {"$exists": True}}
        wanted = {"buyer_id": buyer_id, **is_open}
        return RECORDS.read_all(self._collection.select(wanted, NEWEST, limit, OPEN_OF))

    def open_about(self, subject: str) -> Iterator[Order]:
        return self._walk({"keys.subjects": subject}, OPEN_ABOUT)

    def add(self, order: Order, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(order, events)

    def save(self, order: Order, events: Sequence[DomainEvent] = ()) -> Order:
        return save(self._collection, order, events)

    def unpaid(self, before: datetime) -> Iterator[Order]:
        return self._walk({"keys.unpaid": True, "created_at": {"$lt": before}}, UNPAID)

    def under_way(self, before: datetime) -> Iterator[Order]:
        return self._walk({"keys.under_way": True, "created_at": {"$lt": before}}, UNDER_WAY)

    def _walk(self, wanted: Document, index: str) -> Iterator[Order]:
        """Yield what fits, oldest first, each once whatever is saved meanwhile."""
        rows = self._collection.select(wanted, OLDEST, AT_ONCE, index)
        while rows:
            yield from RECORDS.read_all(rows)
            last = rows[-1]
            behind = [
                {"created_at": {"$gt": last["created_at"]}},
                {"created_at": last["created_at"], "_id": {"$gt": last["_id"]}},
            ]
            bounds = {**wanted.get("created_at", {}), "$gte": last["created_at"]}
            following = {**wanted, "created_at": bounds, "$or": behind}
            rows = self._collection.select(following, OLDEST, AT_ONCE, index)

    def drop(self, order: Order) -> None:
        # What happened to it must be relayed first: the next run finds it again.
        told = {OUTBOX: {"$exists": False}}
        unpaid = {"_id": order.id, "revision": order.revision, "keys.unpaid": True, **told}
        if not delete(self._collection, unpaid, dry_run=False):
            raise StaleWrite("order", order.id)


def asked(query: OrderQuery) -> Document:
    """The conditions on the orders that a query asks for."""
    return {"keys.lists": query.label, **within("keys.dated", query.since, query.until)}
