"""The catalogue's index in memory."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from threading import RLock

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.paging import Cursor
from koda.domain.search.corrections import forms_of
from koda.domain.search.entries import IndexEntry, Order, Wanted, heaviest
from koda.domain.search.indexing import entry_of
from koda.domain.search.labels import is_word
from koda.ports.catalogue_index import CatalogueIndex

_Place = tuple[int, str]


class MemoryCatalogueIndex(CatalogueIndex):
    """The entries of this process, which `MemoryAutomations` writes."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._entries: dict[AutomationId, IndexEntry] = {}
        self._places: dict[Order, list[_Place]] = {order: [] for order in Order}
        self._by_label: defaultdict[str, dict[AutomationId, IndexEntry]] = defaultdict(dict)
        self._labels: list[str] = []
        self._by_form: defaultdict[int, set[str]] = defaultdict(set)

    def put(self, automation: Automation) -> None:
        """Let the index have what it has of an automation: an entry if it is for sale."""
        with self._lock:
            self._drop(automation.id)
            if automation.for_sale:
                self._add(entry_of(automation))

    def read(
        self,
        wanted: Wanted,
        order: Order,
        limit: int,
        after: Cursor | None = None,
        *,
        ascending: bool = False,
    ) -> tuple[IndexEntry, ...]:
        with self._lock:
            behind = self._behind(self._sorted(wanted, order), after, ascending=ascending)
            entries = (self._entries[AutomationId(identity)] for _, identity in behind)
            return tuple(islice(filter(wanted.fits, entries), limit))

    def heaviest(
        self, weights: Mapping[Wanted, int], newest: int, most: int
    ) -> tuple[IndexEntry, ...]:
        with self._lock:
            weighed = (
                (
                    weight,
                    [
                        _place(entry, Order.NEWEST)
                        for entry in self.read(wanted, Order.NEWEST, newest)
                    ],
                )
                for wanted, weight in weights.items()
            )
            return tuple(
                self._entries[AutomationId(identity)] for _, identity in heaviest(weighed, most)
            )

    def tally(self, wanted: Wanted, most: int) -> Mapping[tuple[str, str], int]:
        order = Order.PRICE if wanted.priced else Order.NEWEST
        counted = self.read(wanted, order, most, ascending=wanted.priced)
        return Counter((entry.platform, entry.category) for entry in counted)

    def frequencies(self, labels: Iterable[str]) -> Mapping[str, int]:
        with self._lock:
            counts = {label: len(self._by_label.get(label, ())) for label in labels}
        return {label: count for label, count in counts.items() if count}

    def size(self) -> int:
        with self._lock:
            return len(self._entries)

    def beginning_with(self, text: str, most: int) -> Mapping[str, int]:
        with self._lock:
            start = bisect_left(self._labels, text)
            labels = self._labels[start : start + most]
        return self.frequencies(label for label in labels if label.startswith(text))

    def near(self, forms: Iterable[int]) -> Mapping[str, int]:
        with self._lock:
            words = {word for form in forms for word in self._by_form.get(form, ())}
        return self.frequencies(words)

    def _sorted(self, wanted: Wanted, order: Order) -> list[_Place]:
        """The places, ascending, of all that can be wanted: those with its rarest label."""
        if not wanted.labels:
            return self._places[order]
        rarest = min((self._by_label.get(label, {}) for label in wanted.labels), key=len)
        return sorted(_place(entry, order) for entry in rarest.values())

    @staticmethod
    def _behind(places: list[_Place], after: Cursor | None, *, ascending: bool) -> Iterator[_Place]:
        place = after and (after.value, after.id)
        if ascending:
            start = bisect_right(places, place) if place else 0
            return islice(places, start, None)
        end = bisect_left(places, place) if place else len(places)
        return (places[number] for number in range(end - 1, -1, -1))

    def _add(self, entry: IndexEntry) -> None:
        self._entries[entry.id] = entry
        for order, places in self._places.items():
            insort(places, _place(entry, order))
        for label in entry.labels:
            if label not in self._by_label:
                insort(self._labels, label)
                for form in forms_of(label) if is_word(label) else ():
                    self._by_form[form].add(label)
            self._by_label[label][entry.id] = entry

    def _drop(self, automation_id: AutomationId) -> None:
        entry = self._entries.pop(automation_id, None)
        if entry is None:
            return
        for order, places in self._places.items():
            places.remove(_place(entry, order))
        for label in entry.labels:
            del self._by_label[label][entry.id]
            if not self._by_label[label]:
                self._forget(label)

    def _forget(self, label: str) -> None:
        del self._by_label[label]
        self._labels.remove(label)
        for form in forms_of(label) if is_word(label) else ():
            self._by_form[form].discard(label)


def _place(entry: IndexEntry, order: Order) -> _Place:
    place = entry.place(order)
    return place.value, place.id
