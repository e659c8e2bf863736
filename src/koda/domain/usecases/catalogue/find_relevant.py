"""Finding what is relevant to some words."""

from collections.abc import Iterator
from itertools import chain, combinations, islice

from attrs import frozen

from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.relevance import MOST_RESULTS, RelevancePlace
from koda.domain.search.sought import (
    ANYWHERE,
    EXACT_TITLE,
    IN_TITLE,
    SOME,
    Sought,
    SoughtWord,
)
from koda.ports.catalogue_index import CatalogueIndex

_AT_ONCE = 50
"""Listings that are read at once where all are shown."""
_BLOCK = 300
"""Listings that are compared by score at once."""
_CHOOSING = 6
"""The rarest words, by which listings are found that have not all of them."""
_EACH = 100
"""Listings that some of these words add."""


@frozen(eq=False, repr=False)
class FindRelevant:
    """Reads listings in the order of their relevance, no further than it is asked for.

    First those whose title is just what is looked for, then those that have all words in their
    title (whole, then the last one as a beginning), then those that have all words anywhere, then
    those that have some. Within the last two they stand by score, in blocks of 300.
    """

    index: CatalogueIndex

    def __call__(
        self, sought: Sought, filters: Wanted, after: RelevancePlace | None = None
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """Yield listings that `filters` let through behind a place, each with its own.

        Raises:
            Unavailable: the store is down.
        """
        reading = _Reading(self.index, sought, filters)
        return islice(reading.after(after), MOST_RESULTS)


@frozen
class _Reading:
    index: CatalogueIndex
    sought: Sought
    filters: Wanted

    def after(self, place: RelevancePlace | None) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """All listings behind a place, tier by tier."""
        first = place.tier if place else EXACT_TITLE
        for tier in range(first, SOME + 1):
            yield from self._tier(tier, place if place and place.tier == tier else None)

    def _tier(
        self, tier: int, after: RelevancePlace | None
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        if tier == SOME:
            yield from self._block(tier, self._candidates(), None, after)
        elif tier != EXACT_TITLE and any(word.unknown for word in self.sought.required):
            return
        elif tier == ANYWHERE:
            yield from self._anywhere(after)
        elif tier != IN_TITLE or any(word.beginning for word in self.sought.required):
            for entry in self._stream(tier, after.newest if after else None):
                if self.sought.tier(entry.labels) == tier:
                    yield RelevancePlace.of(entry, tier, 0), entry

    def _stream(self, tier: int, after: Cursor | None) -> Iterator[IndexEntry]:
        """The listings of a tier and of those before it, by newest."""
        wanted = self.filters & self.sought.wanted(tier)
        while page := self.index.read(wanted, Order.NEWEST, _AT_ONCE, after):
            yield from page
            if len(page) < _AT_ONCE:
                return
            after = page[-1].place(Order.NEWEST)

    def _anywhere(
        self, after: RelevancePlace | None
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        wanted = self.filters & self.sought.wanted(ANYWHERE)
        behind = after.block if after else None
        while block := self.index.read(wanted, Order.NEWEST, _BLOCK, behind):
            yield from self._block(ANYWHERE, block, behind, after)
            if len(block) < _BLOCK:
                return
            behind, after = block[-1].place(Order.NEWEST), None

    def _block(
        self,
        tier: int,
        entries: "tuple[IndexEntry, ...] | Iterator[IndexEntry]",
        block: Cursor | None,
        after: RelevancePlace | None,
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """Those of some listings that are of a tier, by score, behind a place."""
        of_tier = (entry for entry in entries if self.sought.tier(entry.labels) == tier)
        placed = [
            (RelevancePlace.of(entry, tier, self.sought.score(entry.labels), block), entry)
            for entry in of_tier
        ]
        placed.sort(key=lambda pair: pair[0].rank, reverse=True)
        return (pair for pair in placed if after is None or pair[0].rank < after.rank)

    def _candidates(self) -> Iterator[IndexEntry]:
        """Listings with some of the rarest words: first with all but one, then with two, or one."""
        seen: dict[str, IndexEntry] = {}
        for words in self._combinations():
            wanted = self.filters
            for word in words:
                wanted &= word.wanted()
            for entry in self.index.read(wanted, Order.NEWEST, _EACH):
                seen.setdefault(entry.id, entry)
            if len(seen) >= _BLOCK:
                break
        return iter(seen.values())

    def _combinations(self) -> Iterator[tuple[SoughtWord, ...]]:
        known = (word for word in self.sought.required if not word.unknown)
        rarest = sorted(known, key=lambda word: -word.weight)[:_CHOOSING]
        sizes = dict.fromkeys(size for size in (len(rarest) - 1, 2, 1) if 0 < size <= len(rarest))
        if len(rarest) < len(self.sought.required):
            sizes = dict.fromkeys((len(rarest), *sizes))
        chosen = chain.from_iterable(
            sorted(
                combinations(rarest, size), key=lambda words: -sum(word.weight for word in words)
            )
            for size in sizes
        )
        return (words for words in chosen if words)
