"""Finding what is relevant to some words."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from attrs import frozen

from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.relevance import MOST_RESULTS, Block, RelevancePlace
from koda.domain.search.sought import (
    ANYWHERE,
    EXACT_TITLE,
    IN_TITLE,
    SOME,
    Sought,
)
from koda.ports.catalogue_index import CatalogueIndex

_AT_ONCE = 25
"""Listings that are read at once where all are shown."""
BLOCK = 200
"""Listings that are compared by score at once."""
_CHOOSING = 6
"""The rarest words, by which listings are found that have not all of them."""
_NEWEST = 1000
"""Listings with one of these words that are looked at."""


@frozen(eq=False, repr=False)
class FindRelevant:
    """Reads listings in the order of their relevance, no further than it is asked for.

    First those whose title is just what is looked for, then those that have all words in their
    title (whole, then the last one as a beginning), then those that have all words anywhere, then
    those that have some. Within the last two they stand by score, in blocks of 200.
    """

    index: CatalogueIndex

    def __call__(
        self,
        sought: Sought,
        filters: Wanted,
        after: RelevancePlace | None = None,
        *,
        first: Sequence[IndexEntry] | None = None,
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """Yield listings that `filters` let through behind a place, each with its own.

        `first` are the newest 200 listings with all words, if the caller has read them.

        Raises:
            Unavailable: the store is down.
        """
        if any(word.unknown for word in sought.required):
            first = ()
        reading = _Reading(self.index, sought, filters, first)
        return islice(reading.after(after), MOST_RESULTS)


@frozen
class _Reading:
    index: CatalogueIndex
    sought: Sought
    filters: Wanted
    first: Sequence[IndexEntry] | None

    @property
    def few(self) -> Sequence[IndexEntry] | None:
        """All listings with all words, if they are known and few."""
        return self.first if self.first is not None and len(self.first) < BLOCK else None

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
        elif tier != EXACT_TITLE and self.few is not None and not self.few:
            return
        elif tier == ANYWHERE and len(self.sought.words) > 1:
            yield from self._blocks(tier, after)
        elif tier != IN_TITLE or any(word.beginning for word in self.sought.required):
            yield from self._stream(tier, after.newest if after else None)

    def _stream(
        self, tier: int, after: Cursor | None
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """The listings of a tier whose scores are all the same, by newest."""
        for page in self._pages(tier, _AT_ONCE, after):
            for entry in page:
                rank, score = self.sought.rank(entry.labels)
                if rank == tier:
                    yield RelevancePlace.of(entry, tier, score), entry

    def _blocks(
        self, tier: int, after: RelevancePlace | None
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """The listings of a tier, by score those of each block."""
        behind = None
        if after and after.block:
            yield from self._block(tier, self._again(after.block), after.block, after)
            behind = after.block.last
        for entries in self._pages(tier, BLOCK, behind):
            if entries:
                yield from self._block(tier, entries, Block.of(entries), None)

    def _again(self, block: Block) -> Iterator[IndexEntry]:
        """What is left of a block that was begun on an earlier page."""
        for entries in self._pages(ANYWHERE, BLOCK, block.start):
            yield from filter(block.has, entries)
            if not entries or not block.reaches(entries[-1]):
                return

    def _pages(self, tier: int, size: int, after: Cursor | None) -> Iterator[Sequence[IndexEntry]]:
        """The listings of a tier and of those before it, by newest, so many at once."""
        few = self.few if tier != EXACT_TITLE else None
        if few is not None:
            edge = after and (after.value, after.id)
            yield [entry for entry in few if not edge or (entry.published, entry.id) < edge]
            return
        if self.first and tier == ANYWHERE and after is None:
            yield self.first
            after = self.first[-1].place(Order.NEWEST)
        wanted = self.filters & self.sought.wanted(tier)
        while page := self.index.read(wanted, Order.NEWEST, size, after):
            yield page
            if len(page) < size:
                return
            after = page[-1].place(Order.NEWEST)

    def _block(
        self,
        tier: int,
        entries: Iterable[IndexEntry],
        block: Block | None,
        after: RelevancePlace | None,
    ) -> Iterator[tuple[RelevancePlace, IndexEntry]]:
        """Those of some listings that are of a tier, by score, behind a place."""
        ranked = ((self.sought.rank(entry.labels), entry) for entry in entries)
        scored = [
            ((score, entry.published, entry.id), entry)
            for (rank, score), entry in ranked
            if rank == tier
        ]
        scored.sort(key=lambda pair: pair[0], reverse=True)
        return (
            (RelevancePlace.of(entry, tier, rank[0], block), entry)
            for rank, entry in scored
            if after is None or rank < after.rank
        )

    def _candidates(self) -> Iterable[IndexEntry]:
        """Listings with some of the words: those that the rarest of them weigh most in."""
        required = self.sought.required
        known = [word for word in required if not word.unknown]
        if len(required) == 1 or not known:
            return ()
        rarest = sorted(known, key=lambda word: -word.weight)[:_CHOOSING]
        weights = {self.filters & word.wanted(): word.weight for word in rarest}
        return self.index.heaviest(weights, _NEWEST, BLOCK)
