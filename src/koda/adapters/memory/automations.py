"""Automations in memory."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice

from koda.adapters.memory.collection import Collection, cut, newest_first
from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.automations import Automation
from koda.domain.model.catalogue import CataloguePage, CatalogueQuery, Facets, pair_of
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.ports.automations import Automations


class MemoryAutomations(Automations):
    """All automations of this process."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self._collection = Collection[Automation](
            "automation",
            lambda automation: automation.id,
            labels=_labels,
            outbox=outbox or MemoryOutbox(),
        )

    def get(self, automation_id: AutomationId) -> Automation:
        return self._collection.get_known(automation_id)

    def some(self, automation_ids: Iterable[AutomationId]) -> Mapping[AutomationId, Automation]:
        found = (
            (automation_id, self._collection.get(automation_id)) for automation_id in automation_ids
        )
        return {
            automation_id: automation
            for automation_id, automation in found
            if automation is not None
        }

    def add(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(automation, events)

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        return self._collection.save(automation, events)

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        items = self._collection.labelled(("seller", seller_id))
        return newest_first(items, limit, after)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        return frozenset(key for key in keys if self._collection.labelled(("file", key)))

    def search(self, query: CatalogueQuery) -> CataloguePage:
        on_sale = self._collection.labelled("for sale")
        matches = [automation for automation in on_sale if query.matches_freely(automation)]
        fitting = (automation for automation in matches if query.fits(*pair_of(automation)))
        items, last = cut(
            fitting,
            lambda automation: Cursor(query.sort_value(automation), automation.id),
            query.limit,
            query.after,
            descending=query.sort.descending,
        )
        counts = Counter(map(pair_of, matches))
        facets = Facets.of(query, ((*pair, count) for pair, count in counts.items()))
        return CataloguePage(items, last, facets)

    def in_other_currencies(self, currency: str, limit: int) -> tuple[Automation, ...]:
        on_sale = self._collection.labelled("for sale")
        others = (
            automation for automation in on_sale if automation.listing.price.currency != currency
        )
        return tuple(islice(others, limit))


def _labels(automation: Automation) -> Iterable[Hashable]:
    yield "seller", automation.seller_id
    for key in automation.file_keys:
        yield "file", key
    if automation.for_sale:
        yield "for sale"
