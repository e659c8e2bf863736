"""Looking for automations."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from attrs import evolve, frozen

from koda.domain.model.people import UNNAMED_SELLER, name_of
from koda.domain.model.policy import Policy
from koda.domain.search.answers import Catalogue, CatalogueEntry, Correction, Facets
from koda.domain.search.catalogue import MOST_COUNTED, CatalogueQuery, Search, Sort
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.labels import currency_label
from koda.domain.search.relevance import MOST_RESULTS, RelevanceCursor
from koda.domain.search.sought import ANYWHERE, SOME, Sought
from koda.domain.usecases.catalogue.count_choices import CountChoices, Groups
from koda.domain.usecases.catalogue.find_relevant import FindRelevant
from koda.domain.usecases.catalogue.read_words import ReadWord, ReadWords
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex
from koda.ports.people import People

_MOST_NEAREST = 3


@frozen
class _Page:
    """The entries of a page, where the next one begins, and which have not all words."""

    entries: tuple[IndexEntry, ...]
    next_cursor: str | None
    partial: frozenset[str] = frozenset()
    cut: bool = False


@frozen(eq=False, repr=False)
class BrowseCatalogue:
    """Searches the catalogue's index.

    Where the marketplace's currency was changed (`currency_changed`), what is priced in another one
    is not found.
    """

    index: CatalogueIndex
    automations: Automations
    people: People
    policy: Policy
    read: ReadWords
    relevant: FindRelevant
    count: CountChoices
    currency_changed: bool = False

    def __call__(self, search: Search) -> Catalogue:
        """Return a page of published automations with the names of their sellers.

        Raises:
            InvalidValue: a parameter that is not allowed.
            Unavailable: the store is down.
        """
        return self.find(self.query(search))

    def query(self, search: Search) -> CatalogueQuery:
        """Return what is asked of the store; raises `InvalidValue`."""
        return search.query(self.policy)

    def find(self, query: CatalogueQuery) -> Catalogue:
        """Return what the store answers; raises `Unavailable`."""
        words: tuple[ReadWord, ...] = ()
        if isinstance(query.after, RelevanceCursor):
            sought = Sought.of(query.text, query.after.words)
        else:
            words = self.read(query.text)
            sought = Sought.of(query.text, (word.sought for word in words))
        if query.text and not sought.words:
            return Catalogue((), None, Facets(), nearest=(evolve(query, text=""),))
        corrections = tuple(
            Correction(word.typed, word.sought.text) for word in words if word.typed
        )
        page = self._page(query, sought)
        facets = self._facets(query, sought)
        nearest = () if page.entries or query.after else self._nearest(query, sought)
        return Catalogue(
            tuple(self._shown(page)), page.next_cursor, facets, corrections, page.cut, nearest
        )

    def _page(self, query: CatalogueQuery, sought: Sought) -> _Page:
        after = query.after
        if query.sort is Sort.RELEVANCE or isinstance(after, RelevanceCursor):
            begun = after if isinstance(after, RelevanceCursor) else None
            return self._by_relevance(query, sought, begun)
        order = Order.NEWEST if query.sort is Sort.NEWEST else Order.PRICE
        ascending = query.sort is Sort.PRICE_ASC
        wanted = self._wanted(query.filters, sought)
        read = self.index.read(wanted, order, query.limit + 1, after, ascending=ascending)
        shown = read[: query.limit]
        more = len(read) > query.limit
        return _Page(shown, shown[-1].place(order).encode(query.scope) if more else None)

    def _by_relevance(
        self, query: CatalogueQuery, sought: Sought, begun: RelevanceCursor | None
    ) -> _Page:
        before = begun.shown if begun else 0
        most = min(query.limit, MOST_RESULTS - before)
        found = self.relevant(sought, self._filters(query.filters), begun.place if begun else None)
        read = list(islice(found, most + 1))
        shown = read[:most]
        total, more = before + len(shown), len(read) > most
        cursor = RelevanceCursor(sought.words, shown[-1][0], total) if shown and more else None
        cut = more and total >= MOST_RESULTS
        return _Page(
            tuple(entry for _, entry in shown),
            cursor.encode(query.scope) if cursor and not cut else None,
            frozenset(entry.id for place, entry in shown if place.tier == SOME),
            cut,
        )

    def _shown(self, page: _Page) -> Iterator[CatalogueEntry]:
        """The listings of a page, without those that are for sale no longer meanwhile."""
        found = self.automations.some([entry.id for entry in page.entries])
        people = self.people.some({automation.seller_id for automation in found.values()})
        for entry in page.entries:
            automation = found.get(entry.id)
            if automation is not None and automation.sold_in(self.policy.currency):
                name = name_of(people.get(automation.seller_id), UNNAMED_SELLER)
                yield CatalogueEntry(automation, name, entry.id in page.partial)

    # --- what all of it is ------------------------------------------------------------------------

    def _filters(self, filters: Wanted) -> Wanted:
        if not self.currency_changed:
            return filters
        return filters & Wanted(labels=frozenset((currency_label(self.policy.currency),)))

    def _wanted(self, filters: Wanted, sought: Sought) -> Wanted:
        """The listings with all words that filters let through."""
        filters = self._filters(filters)
        return filters & sought.wanted(ANYWHERE) if sought.words else filters

    def _facets(self, query: CatalogueQuery, sought: Sought) -> Facets:
        tally, of_all = partial(self._tally, sought), not self.currency_changed
        facets = self.count(query, tally, of_all=of_all)
        if facets.total or query.sort is not Sort.RELEVANCE:
            return facets
        return self.count(query, partial(self._tally_some, sought))

    def _tally(self, sought: Sought, filters: Wanted) -> Groups:
        return self.index.tally(self._wanted(filters, sought), MOST_COUNTED + 1)

    def _tally_some(self, sought: Sought, filters: Wanted) -> Groups:
        """The listings with some of the words, where none has all."""
        found = self.relevant(sought, self._filters(filters))
        return Counter((entry.platform, entry.category) for _, entry in found)

    # --- where there is nothing -------------------------------------------------------------------

    def _nearest(self, query: CatalogueQuery, sought: Sought) -> tuple[CatalogueQuery, ...]:
        """Queries that are less, and find something."""
        found = (nearer for nearer in _less(query, sought) if self._finds(nearer))
        return tuple(islice(found, _MOST_NEAREST))

    def _finds(self, query: CatalogueQuery) -> bool:
        sought = Sought.of(query.text, (word.sought for word in self.read(query.text)))
        return bool(self.index.read(self._wanted(query.filters, sought), Order.NEWEST, 1))


def _less(query: CatalogueQuery, sought: Sought) -> Iterable[CatalogueQuery]:
    """The query without its rarest word, and without each of its filters, the last one first."""
    if len(sought.words) > 1:
        rarest = max(sought.words, key=lambda word: word.weight)
        text = " ".join(word.text for word in sought.words if word != rarest)
        yield evolve(query, text=text)
    if query.filters.priced:
        yield evolve(query, min_price=None, max_price=None)
    less = (
        *(query.without_extra(extra.name) for extra in reversed(query.extras)),
        evolve(query, tag=None),
        evolve(query, seller=None),
        evolve(query, category=None),
        evolve(query, platform=None),
    )
    yield from (nearer for nearer in less if nearer != query)
