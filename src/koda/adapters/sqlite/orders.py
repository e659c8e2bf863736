"""Orders in SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import (
    Records,
    bounds,
    edge,
    insert,
    listed,
    page_of,
    replace,
    select,
)
from koda.domain.model.errors import AlreadyExists, StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, UserId
from koda.domain.model.order_lists import OrderQuery, labels_of, place_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.orders import Orders

_ONE = "SELECT id, document FROM orders WHERE id = ?"
_SOME = "SELECT id, document FROM orders WHERE id IN (SELECT value FROM json_each(?))"
BY_CHECKOUT = "SELECT id, document FROM orders WHERE checkout_id = ?"
OPEN = "SELECT id, document FROM orders WHERE buyer_id = ? AND basket = ? AND state = 'open'"
OPEN_OF = """
SELECT id, document FROM orders WHERE buyer_id = ? AND state = 'open'
ORDER BY created DESC, id DESC LIMIT ?
"""
BY_REQUEST = """
SELECT orders.id, document FROM order_requests JOIN orders ON orders.id = order_id
WHERE order_requests.buyer_id = ? AND key = ?
"""
_REQUESTED = "INSERT INTO order_requests (buyer_id, key, order_id) VALUES (?, ?, ?)"
UNREQUESTED = "DELETE FROM order_requests WHERE order_id = ?"
OPEN_ABOUT = """
SELECT orders.id, document, about.created
FROM open_order_subjects AS about JOIN orders ON orders.id = order_id
WHERE subject = ? AND (about.created, order_id) > (?, ?)
ORDER BY about.created, order_id LIMIT ?
"""
_IS_ABOUT = "INSERT INTO open_order_subjects (subject, created, order_id) VALUES (?, ?, ?)"
UNABOUT = "DELETE FROM open_order_subjects WHERE order_id = ?"
LISTED = """
SELECT orders.id, document, lists.dated
FROM order_lists AS lists JOIN orders ON orders.id = order_id
WHERE label = ? AND lists.dated >= ? AND (lists.dated, order_id) < (?, ?)
ORDER BY lists.dated DESC, order_id DESC LIMIT ?
"""
_LISTS = "INSERT INTO order_lists (label, dated, order_id) VALUES (?, ?, ?)"
UNLISTED = "DELETE FROM order_lists WHERE order_id = ?"
_ADD = """
INSERT INTO orders (
    id, buyer_id, state, under_way, basket, checkout_id, created, revision, document
) VALUES (
    :id, :buyer_id, :state, :under_way, :basket, :checkout_id, :created, :revision, :document
)
"""
_SAVE = """
UPDATE orders SET buyer_id = :buyer_id, state = :state, under_way = :under_way,
    basket = :basket, checkout_id = :checkout_id, created = :created,
    revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""
UNPAID = """
SELECT id, document, created FROM orders
WHERE state <> 'paid' AND created < ? AND (created, id) > (?, ?)
ORDER BY created, id LIMIT ?
"""
UNDER_WAY = """
SELECT id, document, created FROM orders
WHERE under_way AND created < ? AND (created, id) > (?, ?)
ORDER BY created, id LIMIT ?
"""
_DROP = "DELETE FROM orders WHERE id = ? AND revision = ? AND state <> 'paid'"
_LOWEST = (-(2**63), "")
"""A place that every row is behind."""
_AT_ONCE = 100
"""Rows that are read at once."""


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "buyer_id": order.buyer_id,
        "state": order.state.value,
        "under_way": order.under_way,
        "basket": order.basket,
        "checkout_id": order.checkout.id if order.checkout else None,
        "created": to_milliseconds(order.created_at),
        "revision": order.revision,
        "document": documents().write(order),
    }


RECORDS = Records("order", Order, _row)


class SqliteOrders(Orders):
    """All orders of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, order_id: OrderId) -> Order:
        with self._database.read() as connection:
            return RECORDS.get(connection, _ONE, order_id)

    def some(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        with self._database.read() as connection:
            rows = select(connection, _SOME, (listed(order_ids),))
        return {order.id: order for order in RECORDS.read_all(rows)}

    def find_by_checkout(self, session_id: CheckoutSessionId) -> Order | None:
        return self._find(BY_CHECKOUT, session_id)

    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        return self._find(OPEN, buyer_id, basket)

    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        return self._find(BY_REQUEST, buyer_id, request_key)

    def listed(self, query: OrderQuery, limit: int, after: Cursor | None = None) -> Page[Order]:
        since, until = bounds(query.since, query.until)
        values = (query.label, since, *min(edge(after), (until, "")), limit + 1)
        with self._database.read() as connection:
            rows = select(connection, LISTED, values)
        return page_of(RECORDS, rows, limit)

    def open_of(self, buyer_id: UserId, limit: int) -> tuple[Order, ...]:
        with self._database.read() as connection:
            rows = select(connection, OPEN_OF, (buyer_id, limit))
        return RECORDS.read_all(rows)

    def open_about(self, subject: str) -> Iterator[Order]:
        return self._walk(OPEN_ABOUT, subject)

    def add(self, order: Order, events: Sequence[DomainEvent] = ()) -> None:
        with self._database.write() as connection:
            insert(connection, _ADD, order, RECORDS, events)
            _note(connection, order)

    def save(self, order: Order, events: Sequence[DomainEvent] = ()) -> Order:
        with self._database.write() as connection:
            following = replace(connection, _SAVE, order, RECORDS, events)
            _forget(connection, order)
            _note(connection, order)
        return following

    def unpaid(self, before: datetime) -> Iterator[Order]:
        return self._walk(UNPAID, to_milliseconds(before))

    def under_way(self, before: datetime) -> Iterator[Order]:
        return self._walk(UNDER_WAY, to_milliseconds(before))

    def _walk(self, statement: str, bound: str | int) -> Iterator[Order]:
        place = _LOWEST
        while True:
            with self._database.read() as connection:
                rows = select(connection, statement, (bound, *place, _AT_ONCE))
            yield from RECORDS.read_all(rows)
            if len(rows) < _AT_ONCE:
                return
            identity, _, created = rows[-1]
            place = (created, identity)

    def drop(self, order: Order) -> None:
        with self._database.write() as connection:
            dropped = connection.execute(_DROP, (order.id, order.revision)).rowcount
            if dropped:
                _forget(connection, order)
        if not dropped:
            raise StaleWrite("order", order.id)

    def _find(self, statement: str, *values: str) -> Order | None:
        with self._database.read() as connection:
            return RECORDS.find(connection, statement, values)


def _note(connection: sqlite3.Connection, order: Order) -> None:
    """Note which keys the order answers, its lists and, while it is open, what it is about.

    Raises:
        AlreadyExists: another order answers one of the keys.
    """
    rows = [(order.buyer_id, request.key, order.id) for request in order.requests]
    try:
        connection.executemany(_REQUESTED, rows)
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(RECORDS.kind, order.id) from error
    if order.state is OrderState.OPEN:
        created = to_milliseconds(order.created_at)
        about = [(subject, created, order.id) for subject in order.subjects]
        connection.executemany(_IS_ABOUT, about)
    place = place_of(order)
    connection.executemany(_LISTS, [(label, place.value, order.id) for label in labels_of(order)])


def _forget(connection: sqlite3.Connection, order: Order) -> None:
    """Forget what was noted of an order."""
    connection.execute(UNREQUESTED, (order.id,))
    connection.execute(UNABOUT, (order.id,))
    connection.execute(UNLISTED, (order.id,))
