"""Automations in memory."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import itemgetter

from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.adapters.memory.collection import Collection, cut, newest_first
from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.automations import Automation
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page
from koda.ports.automations import Automations


class MemoryAutomations(Automations):
    """All automations of this process, which are put into `index`."""

    def __init__(
        self, outbox: MemoryOutbox | None = None, index: MemoryCatalogueIndex | None = None
    ) -> None:
        self._index = index or MemoryCatalogueIndex()
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
        with self._collection.lock:
            self._collection.add(automation, events)
            self._index.put(automation)

    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        with self._collection.lock:
            following = self._collection.save(automation, events)
            self._index.put(following)
        return following

    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        items = self._collection.labelled(("seller", seller_id))
        return newest_first(items, limit, after)

    def alike(self, fingerprint: str, but: UserId) -> AutomationId | None:
        items = self._collection.labelled(("fingerprint", fingerprint))
        return min((item.id for item in items if item.seller_id != but), default=None)

    def in_review(self, limit: int, after: Cursor | None = None) -> Page[Automation]:
        items = self._collection.labelled("in review")
        placed = [(place, item) for item in items if (place := item.held_place)]
        page, last = cut(placed, itemgetter(0), limit, after, descending=False)
        return Page(tuple(item for _, item in page), last)

    def reindex(self, after: str, limit: int) -> tuple[AutomationId, ...]:
        """Put the next automations behind an id into the index again; return their ids."""
        with self._collection.lock:
            following = self._collection.behind(after, limit)
            for automation in following:
                self._index.put(automation)
        return tuple(automation.id for automation in following)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._collection)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        return frozenset(key for key in keys if self._collection.labelled(("file", key)))


def _labels(automation: Automation) -> Iterable[Hashable]:
    yield "seller", automation.seller_id
    for key in automation.file_keys:
        yield "file", key
    for fingerprint in automation.fingerprints:
        yield "fingerprint", fingerprint
    if automation.review is not None:
        yield "in review"
