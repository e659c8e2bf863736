"""Purchases in SQLite."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import (
    Records,
    edge,
    insert,
    listed,
    page_of,
    replace,
    select,
)
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, PurchaseId, UserId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.purchases import Purchase, SalesDay
from koda.domain.model.records import readable
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.purchases import Purchases

_ONE = "SELECT id, document FROM purchases WHERE id = ?"
SOME = "SELECT id, document FROM purchases WHERE id IN (SELECT value FROM json_each(?))"
OF_LINE = "SELECT id, document FROM purchases WHERE order_id = ? AND line = ?"
LIVE = "SELECT id FROM purchases WHERE buyer_id = ? AND automation_id = ? AND live"
OF_AUTOMATION = """
SELECT id, document FROM purchases WHERE buyer_id = ? AND automation_id = ? AND NOT double
ORDER BY live DESC, bought DESC, id DESC LIMIT 1
"""
_OWNED = """
SELECT automation_id FROM purchases
WHERE buyer_id = ? AND automation_id IN (SELECT value FROM json_each(?)) AND live
"""
BOUGHT = """
SELECT id, document, bought FROM purchases
WHERE buyer_id = ? AND NOT double AND (bought, id) < (?, ?)
ORDER BY bought DESC, id DESC LIMIT ?
"""
SOLD = """
SELECT id, document, bought FROM purchases
WHERE seller_id = ? AND NOT double AND (bought, id) < (?, ?)
ORDER BY bought DESC, id DESC LIMIT ?
"""
DAYS = """
SELECT day, currency, count(*), sum(gross), sum(fee) FROM purchases
WHERE seller_id = ? AND live AND day >= ? GROUP BY day, currency ORDER BY day, currency
"""
_ADD = """
INSERT INTO purchases (id, order_id, line, buyer_id, seller_id, automation_id, bought, day,
    currency, gross, fee, live, double, revision, document)
VALUES (:id, :order_id, :line, :buyer_id, :seller_id, :automation_id, :bought, :day,
    :currency, :gross, :fee, :live, :double, :revision, :document)
"""
_SAVE = """
UPDATE purchases SET order_id = :order_id, line = :line, buyer_id = :buyer_id,
    seller_id = :seller_id, automation_id = :automation_id, bought = :bought, day = :day,
    currency = :currency, gross = :gross, fee = :fee, live = :live, double = :double,
    revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""


def _row(purchase: Purchase) -> dict[str, Any]:
    return {
        "id": purchase.id,
        "order_id": purchase.order_id,
        "line": purchase.line,
        "buyer_id": purchase.buyer_id,
        "seller_id": purchase.seller_id,
        "automation_id": purchase.automation_id,
        "bought": to_milliseconds(purchase.bought_at),
        "day": purchase.bought_at.date().isoformat(),
        "currency": purchase.price.currency,
        "gross": purchase.remaining.amount.minor,
        "fee": purchase.remaining.fee.minor,
        "live": purchase.live,
        "double": purchase.double,
        "revision": purchase.revision,
        "document": documents().write(purchase),
    }


RECORDS = Records("purchase", Purchase, _row)


class SqlitePurchases(Purchases):
    """All purchases of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, purchases: Sequence[Purchase]) -> tuple[Purchase, ...]:
        with self._database.write() as connection:
            return tuple(_record(connection, purchase) for purchase in purchases)

    def get(self, purchase_id: PurchaseId) -> Purchase:
        with self._database.read() as connection:
            return RECORDS.get(connection, _ONE, purchase_id)

    def some(self, purchase_ids: Iterable[PurchaseId]) -> Mapping[PurchaseId, Purchase]:
        with self._database.read() as connection:
            rows = select(connection, SOME, (listed(purchase_ids),))
        return {purchase.id: purchase for purchase in RECORDS.read_all(rows)}

    def find(self, buyer_id: UserId, automation_id: AutomationId) -> Purchase | None:
        with self._database.read() as connection:
            return RECORDS.find(connection, OF_AUTOMATION, (buyer_id, automation_id))

    def owned(
        self, buyer_id: UserId, automation_ids: Iterable[AutomationId]
    ) -> frozenset[AutomationId]:
        with self._database.read() as connection:
            rows = select(connection, _OWNED, (buyer_id, listed(automation_ids)))
        return frozenset(AutomationId(automation_id) for (automation_id,) in rows)

    def of_buyer(self, buyer_id: UserId, limit: int, after: Cursor | None = None) -> Page[Purchase]:
        return self._page(BOUGHT, buyer_id, limit, after)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Purchase]:
        return self._page(SOLD, seller_id, limit, after)

    def sales_by_day(self, seller_id: UserId, since: date | None = None) -> tuple[SalesDay, ...]:
        earliest = (since or date.min).isoformat()
        with self._database.read() as connection:
            rows = select(connection, DAYS, (seller_id, earliest))
        return readable(_sales_day, rows)

    def save(self, purchase: Purchase, events: Sequence[DomainEvent] = ()) -> Purchase:
        with self._database.write() as connection:
            return replace(connection, _SAVE, purchase, RECORDS, events)

    def _page(
        self, statement: str, user_id: UserId, limit: int, after: Cursor | None
    ) -> Page[Purchase]:
        with self._database.read() as connection:
            rows = select(connection, statement, (user_id, *edge(after), limit + 1))
        return page_of(RECORDS, rows, limit)


def _record(connection: sqlite3.Connection, purchase: Purchase) -> Purchase:
    """Keep a purchase of a line that is not kept yet; return what is kept of the line."""
    recorded = RECORDS.find(connection, OF_LINE, (purchase.order_id, purchase.line))
    if recorded is not None:
        return recorded
    owned = select(connection, LIVE, (purchase.buyer_id, purchase.automation_id))
    new = purchase.as_double() if owned else purchase
    insert(connection, _ADD, new, RECORDS, new.recorded)
    return new


def _sales_day(row: tuple[str, str, int, int, int]) -> SalesDay:
    day, currency, count, gross, fee = row
    try:
        sums = Money(gross, currency), Money(fee, currency)
        return SalesDay(date.fromisoformat(day), count, *sums)
    except ValueError as error:
        raise CorruptRecord("day of sales", day, str(error)) from error
