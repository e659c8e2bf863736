"""The catalogue's index in MongoDB, which reads it in the order of the page and no further."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from koda.adapters.mongo import index_labels, index_records
from koda.adapters.mongo.automations import RECORDS
from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.indexes import BY_PRICE, NEWEST, ON_SALE
from koda.adapters.mongo.keyset import behind, last_place
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.paging import Cursor
from koda.domain.model.records import readable
from koda.domain.search.entries import IndexEntry, Order, Wanted, heaviest
from koda.ports.catalogue_index import CatalogueIndex

_PLACES = {Order.NEWEST: ("keys.published", NEWEST), Order.PRICE: ("keys.price", BY_PRICE)}
"""The field of an order's value, and the index that is in the order."""
_GROUP = {"platform": "$keys.platform", "category": "$keys.category"}


@frozen
class Question:
    """What `find` is asked: the conditions, the order, and the index to read."""

    wanted: Document
    order: tuple[tuple[str, int], ...]
    index: str

    @classmethod
    def of(
        cls,
        wanted: Wanted,
        counts: Mapping[str, int],
        order: Order,
        after: Cursor | None = None,
        *,
        ascending: bool = False,
    ) -> "Question":
        """The question for wanted entries, whose labels are in so many of them."""
        place, index = _PLACES[order]
        direction = 1 if ascending else -1
        first, *others = index_labels.conditions(wanted, counts)
        behind_place: Document = behind(place, after, descending=not ascending)
        narrowing = [*others, *_prices(wanted), *behind_place.get("$and", ())]
        conditions = {**ON_SALE, **first} | ({"$and": narrowing} if narrowing else {})
        return cls(conditions, ((place, direction), ("_id", direction)), index)


class MongoCatalogueIndex(CatalogueIndex):
    """The entries of a MongoDB database, which `MongoAutomations` writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(
        self,
        wanted: Wanted,
        order: Order,
        limit: int,
        after: Cursor | None = None,
        *,
        ascending: bool = False,
    ) -> tuple[IndexEntry, ...]:
        counts = self._counts(wanted)
        entries: list[IndexEntry] = []
        while len(entries) < limit:
            asked = Question.of(wanted, counts, order, after, ascending=ascending)
            missing = limit - len(entries)
            rows = self._rows(asked, missing + 1)
            entries += readable(_entry, rows[:missing])
            # Beyond what cannot be read there may be more.
            after = last_place(rows, missing, asked.order)
            if after is None:
                break
        return tuple(entries)

    def _rows(self, asked: Question, limit: int) -> list[Document]:
        collection = self._database.collection(RECORDS.collection)
        with translated():
            try:
                found = collection.find(asked.wanted, {"keys": 1}, sort=asked.order, limit=limit)
                return list(found.hint(asked.index))
            except UNWRITABLE:
                return []

    def heaviest(
        self, weights: Mapping[Wanted, int], newest: int, most: int
    ) -> tuple[IndexEntry, ...]:
        weighed = ((weight, self._newest(wanted, newest)) for wanted, weight in weights.items())
        chosen = [identity for _, identity in heaviest(weighed, most)]
        collection = self._database.collection(RECORDS.collection)
        with translated():
            rows = list(collection.find({"_id": {"$in": chosen}, **ON_SALE}, {"keys": 1}))
        entries = {entry.id: entry for entry in readable(_entry, rows)}
        return tuple(entries[AutomationId(identity)] for identity in chosen if identity in entries)

    def tally(self, wanted: Wanted, most: int) -> Mapping[tuple[str, str], int]:
        order = Order.PRICE if wanted.priced else Order.NEWEST
        asked = Question.of(wanted, self._counts(wanted), order, ascending=wanted.priced)
        collection = self._database.collection(RECORDS.collection)
        steps: list[dict[str, Any]] = [
            {"$match": asked.wanted},
            {"$sort": dict(asked.order)},
            {"$limit": most},
            {"$group": {"_id": _GROUP, "count": {"$sum": 1}}},
        ]
        with translated():
            try:
                groups = list(collection.aggregate(steps, hint=asked.index))
            except UNWRITABLE:
                return {}
        return {_pair(group["_id"]): group["count"] for group in groups}

    def frequencies(self, labels: Iterable[str]) -> Mapping[str, int]:
        return index_records.frequencies(self._database, labels)

    def size(self) -> int:
        return self.frequencies((index_labels.ALL,)).get(index_labels.ALL, 0)

    def beginning_with(self, text: str, most: int) -> Mapping[str, int]:
        return index_records.beginning_with(self._database, text, most)

    def near(self, forms: Iterable[int]) -> Mapping[str, int]:
        return index_records.near(self._database, forms)

    def _newest(self, wanted: Wanted, most: int) -> list[tuple[int, str]]:
        """The places of the newest entries, without their labels."""
        asked = Question.of(wanted, self._counts(wanted), Order.NEWEST)
        collection = self._database.collection(RECORDS.collection)
        with translated():
            try:
                found = collection.find(asked.wanted, {"keys.published": 1}, sort=asked.order)
                rows = list(found.hint(asked.index).limit(most))
            except UNWRITABLE:
                return []
        return [(row["keys"]["published"], row["_id"]) for row in rows]

    def _counts(self, wanted: Wanted) -> Mapping[str, int]:
        """In how many entries the labels are, where there is one to choose from them."""
        choice = len(wanted.labels) + len(wanted.beginnings)
        return self.frequencies(wanted.labels) if choice > 1 else {}


def _prices(wanted: Wanted) -> list[Document]:
    bounds = {"$gte": wanted.min_price, "$lte": wanted.max_price}
    given = {operator: price for operator, price in bounds.items() if price is not None}
    return [{"keys.price": given}] if given else []


def _entry(row: Mapping[str, Any]) -> IndexEntry:
    """The entry of a document; raises `CorruptRecord`."""
    keys = row["keys"]
    match keys:
        case {
            "published": int(published),
            "price": int(price),
            "platform": str(platform),
            "category": str(category),
        }:
            labels = index_labels.labels_in(keys)
            return IndexEntry(
                AutomationId(row["_id"]), published, price, platform, category, labels
            )
        case _:
            raise CorruptRecord(RECORDS.kind, row["_id"], "its keys are not those of its fields")


def _pair(group: Mapping[str, str]) -> tuple[str, str]:
    return f"{group.get('platform', '')}", f"{group.get('category', '')}"
