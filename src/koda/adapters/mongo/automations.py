"""Automations in MongoDB, and the catalogue that is made of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from koda.adapters.mongo import search
from koda.adapters.mongo.database import UNWRITABLE, Database, translated
from koda.adapters.mongo.indexes import CURRENCY, FILES, OF_SELLER
from koda.adapters.mongo.keyset import behind, last_place
from koda.adapters.mongo.records import (
    Collection,
    Records,
    page_of,
    save,
    writable,
)
from koda.domain.model.automations import Automation
from koda.domain.model.catalogue import CataloguePage, CatalogueQuery, Facets
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.ports.automations import Automations

RECORDS = Records("automation", "automations", Automation, search.keys_of)
NEWEST = (("keys.created", -1), ("_id", -1))


class MongoAutomations(Automations):
    """All automations of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def get(self, automation_id: AutomationId) -> Automation:
        return self._collection.get(automation_id)

    def some(self, automation_ids: Iterable[AutomationId]) -> Mapping[AutomationId, Automation]:
        return {automation.id: automation for automation in self._collection.some(automation_ids)}

    def add(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(automation, events)

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        return save(self._collection, automation, events)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        wanted = {"seller_id": seller_id, **behind("keys.created", after)}
        return page_of(self._collection, wanted, limit, NEWEST, OF_SELLER)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        asked = frozenset(map(FileKey, writable(keys)))
        collection = self._database.collection(RECORDS.collection)
        with translated():
            rows = collection.find({"keys.files": {"$in": sorted(asked)}}, {"keys.files": 1})
            used = {key for row in rows.hint(FILES) for key in row["keys"]["files"]}
        return asked & used

    def search(self, query: CatalogueQuery) -> CataloguePage:
        asked = search.page(query)
        rows = self._collection.select(asked.wanted, asked.order, query.limit + 1, asked.index)
        items = RECORDS.read_all(rows[: query.limit])
        last = last_place(rows, query.limit, asked.order)
        return CataloguePage(items, last, Facets.of(query, _groups(self._counts(query))))

    def in_other_currencies(self, currency: str, limit: int) -> tuple[Automation, ...]:
        others = {"keys.sale": True, "keys.currency": {"$ne": currency}}
        return RECORDS.read_all(self._collection.select(others, limit=limit, index=CURRENCY))

    def _counts(self, query: CatalogueQuery) -> list[dict[str, Any]]:
        pipeline, index = search.counting(query)
        collection = self._database.collection(RECORDS.collection)
        with translated():
            try:
                return list(collection.aggregate(pipeline, hint=index))
            except UNWRITABLE:
                return []


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, int]]:
    """The counts of each pair, without what damaged keys make a pair of."""
    for row in rows:
        match row:
            case {"_id": {"platform": str(platform), "category": str(category)}, "count": count}:
                yield platform, category, count
            case _:
                pass
