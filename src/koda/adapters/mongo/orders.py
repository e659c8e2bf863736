"""Orders in MongoDB."""

from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.records import Records, Shelf, save
from koda.domain.model.identifiers import OrderId, SessionId, UserId
from koda.domain.model.orders import Order, OrderState
from koda.ports.orders import Orders


def keys_of(order: Order) -> Document:
    """What must be one order's own of a buyer's, while it is."""
    keys: Document = {}
    if order.state is OrderState.OPEN:
        keys["open"] = order.basket
    if order.request_key is not None:
        keys["request"] = order.request_key
    return keys


RECORDS = Records("order", "orders", Order, keys_of)


class MongoOrders(Orders):
    """All orders of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._shelf = Shelf(database, RECORDS)

    def get(self, order_id: OrderId) -> Order:
        return self._shelf.get(order_id)

    def find_by_checkout(self, session_id: SessionId) -> Order | None:
        return self._shelf.find({"checkout.id": session_id})

    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        return self._shelf.find({"buyer_id": buyer_id, "keys.open": basket})

    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        return self._shelf.find({"buyer_id": buyer_id, "keys.request": request_key})

    def add(self, order: Order) -> None:
        self._shelf.add(order)

    def save(self, order: Order) -> Order:
        return save(self._shelf, order)
