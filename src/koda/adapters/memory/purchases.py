"""Purchases in memory."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from koda.adapters.memory.collection import Collection, newest_first
from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, PurchaseId, UserId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.purchases import Purchase, SalesDay
from koda.ports.purchases import Purchases


class MemoryPurchases(Purchases):
    """All purchases of this process."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self._collection = Collection[Purchase](
            "purchase",
            lambda purchase: purchase.id,
            _keys,
            _labels,
            outbox=outbox or MemoryOutbox(),
        )

    def record(self, purchases: Sequence[Purchase]) -> tuple[Purchase, ...]:
        return tuple(map(self._record, purchases))

    def _record(self, purchase: Purchase) -> Purchase:
        with self._collection.lock:
            recorded = self._collection.find(("line", purchase.order_id, purchase.line))
            if recorded is None:
                owned = self._collection.find(("live", purchase.buyer_id, purchase.automation_id))
                recorded = purchase if owned is None else purchase.as_double()
                self._collection.add(recorded, recorded.recorded)
            return recorded

    def get(self, purchase_id: PurchaseId) -> Purchase:
        return self._collection.get_known(purchase_id)

    def some(self, purchase_ids: Iterable[PurchaseId]) -> Mapping[PurchaseId, Purchase]:
        kept = ((purchase_id, self._collection.get(purchase_id)) for purchase_id in purchase_ids)
        return {purchase_id: purchase for purchase_id, purchase in kept if purchase is not None}

    def find(self, buyer_id: UserId, automation_id: AutomationId) -> Purchase | None:
        bought = self._collection.labelled(("bought", buyer_id, automation_id))
        return max(
            bought,
            key=lambda purchase: (purchase.live, purchase.bought_at, purchase.id),
            default=None,
        )

    def owned(
        self, buyer_id: UserId, automation_ids: Iterable[AutomationId]
    ) -> frozenset[AutomationId]:
        return frozenset(
            automation_id
            for automation_id in automation_ids
            if self._collection.find(("live", buyer_id, automation_id))
        )

    def of_buyer(self, buyer_id: UserId, limit: int, after: Cursor | None = None) -> Page[Purchase]:
        items = self._collection.labelled(("buyer", buyer_id))
        return newest_first(items, limit, after)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Purchase]:
        items = self._collection.labelled(("seller", seller_id))
        return newest_first(items, limit, after)

    def sales_by_day(self, seller_id: UserId, since: date | None = None) -> tuple[SalesDay, ...]:
        sold = [
            purchase
            for purchase in self._collection.labelled(("seller", seller_id))
            if purchase.live
        ]
        sold.sort(key=_day_and_currency)
        days = (_total(list(group)) for _, group in groupby(sold, _day_and_currency))
        return tuple(day for day in days if since is None or day.day >= since)

    def save(self, purchase: Purchase, events: Sequence[DomainEvent] = ()) -> Purchase:
        return self._collection.save(purchase, events)


def _keys(purchase: Purchase) -> Iterable[Hashable]:
    yield "line", purchase.order_id, purchase.line
    if purchase.live:
        yield "live", purchase.buyer_id, purchase.automation_id


def _labels(purchase: Purchase) -> Iterable[Hashable]:
    if not purchase.double:
        yield "buyer", purchase.buyer_id
        yield "seller", purchase.seller_id
        yield "bought", purchase.buyer_id, purchase.automation_id


def _day_and_currency(purchase: Purchase) -> tuple[date, str]:
    return purchase.bought_at.date(), purchase.price.currency


def _total(sold: Sequence[Purchase]) -> SalesDay:
    """What was sold on one day in one currency."""
    day, currency = _day_and_currency(sold[0])
    gross = Money.total((purchase.remaining.amount for purchase in sold), currency)
    fee = Money.total((purchase.remaining.fee for purchase in sold), currency)
    return SalesDay(day, len(sold), gross, fee)
