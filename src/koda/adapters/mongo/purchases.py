"""Purchases in MongoDB."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.indexes import BOUGHT, DAYS, SOLD
from koda.adapters.mongo.keyset import behind
from koda.adapters.mongo.records import Collection, Records, page_of, save, writable
from koda.domain.model.errors import AlreadyExists, CorruptRecord
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, PurchaseId, UserId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.purchases import Purchase, SalesDay
from koda.domain.model.records import readable
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.purchases import Purchases

NEWEST = (("keys.bought", -1), ("_id", -1))
LIVE_THEN_NEWEST = (("keys.live", -1), *NEWEST)


def keys_of(purchase: Purchase) -> Document:
    """What lists, sums and the promise of one live purchase need."""
    return {
        "bought": to_milliseconds(purchase.bought_at),
        "day": purchase.bought_at.date().isoformat(),
        "live": purchase.live,
        "currency": purchase.price.currency,
        "gross": purchase.remaining.amount.minor,
        "fee": purchase.remaining.fee.minor,
    }


RECORDS = Records("purchase", "purchases", Purchase, keys_of)


class MongoPurchases(Purchases):
    """All purchases of a MongoDB database.

    The unique indexes decide who is first; whoever is refused looks at what was there before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def record(self, purchases: Sequence[Purchase]) -> tuple[Purchase, ...]:
        if not all(purchase.live for purchase in purchases):
            return tuple(map(self._record, purchases))
        refused = self._add_each(purchases) if purchases else frozenset()
        return tuple(
            self._second(purchase) if place in refused else purchase
            for place, purchase in enumerate(purchases)
        )

    def get(self, purchase_id: PurchaseId) -> Purchase:
        return self._collection.get(purchase_id)

    def some(self, purchase_ids: Iterable[PurchaseId]) -> Mapping[PurchaseId, Purchase]:
        return {purchase.id: purchase for purchase in self._collection.some(purchase_ids)}

    def find(self, buyer_id: UserId, automation_id: AutomationId) -> Purchase | None:
        wanted = {"buyer_id": buyer_id, "automation_id": automation_id, "double": False}
        return self._collection.find(wanted, LIVE_THEN_NEWEST)

    def owned(
        self, buyer_id: UserId, automation_ids: Iterable[AutomationId]
    ) -> frozenset[AutomationId]:
        listed = {"$in": writable(automation_ids)}
        wanted = {"buyer_id": buyer_id, "automation_id": listed, "keys.live": True}
        return frozenset(
            AutomationId(row["automation_id"]) for row in self._collection.select(wanted)
        )

    def of_buyer(self, buyer_id: UserId, limit: int, after: Cursor | None = None) -> Page[Purchase]:
        return self._page({"buyer_id": buyer_id}, limit, after, BOUGHT)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Purchase]:
        return self._page({"seller_id": seller_id}, limit, after, SOLD)

    def sales_by_day(self, seller_id: UserId, since: date | None = None) -> tuple[SalesDay, ...]:
        collection = self._database.collection(RECORDS.collection)
        with translated():
            try:
                rows = list(collection.aggregate(_days(seller_id, since), hint=DAYS))
            except UNWRITABLE:
                return ()
        return readable(_sales_day, rows)

    def save(self, purchase: Purchase, events: Sequence[DomainEvent] = ()) -> Purchase:
        return save(self._collection, purchase, events)

    def _page(
        self, whose: Document, limit: int, after: Cursor | None, index: str
    ) -> Page[Purchase]:
        wanted = {**whose, "double": False, **behind("keys.bought", after)}
        return page_of(self._collection, wanted, limit, NEWEST, index)

    def _record(self, purchase: Purchase) -> Purchase:
        """Keep one that may be over already, which no unique index tells from a double."""
        owned = self.owned(purchase.buyer_id, [purchase.automation_id])
        refused = owned or self._add_each([purchase])
        return self._second(purchase) if refused else purchase

    def _add_each(self, purchases: Sequence[Purchase]) -> frozenset[int]:
        recorded = [purchase.recorded for purchase in purchases]
        return self._collection.add_each(purchases, recorded)

    def _second(self, purchase: Purchase) -> Purchase:
        """Keep a double, since the buyer has it already; or return what is kept of the line."""
        double = purchase.as_double()
        try:
            self._collection.add(double)
        except AlreadyExists:
            recorded = self._of_line(purchase)
            if recorded is None:
                raise
            return recorded
        return double

    def _of_line(self, purchase: Purchase) -> Purchase | None:
        return self._collection.find({"order_id": purchase.order_id, "line": purchase.line})


def _days(seller_id: UserId, since: date | None) -> list[dict[str, Any]]:
    """The sums of each day and currency, from the keys of one index alone."""
    earliest = (since or date.min).isoformat()
    return [
        {"$match": {"seller_id": seller_id, "keys.live": True, "keys.day": {"$gte": earliest}}},
        {
            "$group": {
                "_id": {"day": "$keys.day", "currency": "$keys.currency"},
                "count": {"$sum": 1},
                "gross": {"$sum": "$keys.gross"},
                "fee": {"$sum": "$keys.fee"},
            }
        },
        {"$sort": {"_id.day": 1, "_id.currency": 1}},
    ]


def _sales_day(row: Mapping[str, Any]) -> SalesDay:
    day, currency = row["_id"]["day"], row["_id"]["currency"]
    try:
        gross, fee = Money(int(row["gross"]), currency), Money(int(row["fee"]), currency)
        return SalesDay(date.fromisoformat(day), row["count"], gross, fee)
    except (ValueError, TypeError) as error:
        raise CorruptRecord("day of sales", f"{day}", str(error)) from error
