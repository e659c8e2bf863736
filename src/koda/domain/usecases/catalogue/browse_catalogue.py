"""Looking for automations."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice, tee

from attrs import define, evolve, field, frozen

from koda.domain.model.paging import LONGEST_CURSOR, Cursor
from koda.domain.model.people import UNNAMED_SELLER, name_of
from koda.domain.model.policy import Policy
from koda.domain.search.answers import Catalogue, CatalogueEntry, Facets
from koda.domain.search.catalogue import (
    LONGEST_SEARCH,
    MOST_COUNTED,
    CatalogueQuery,
    Search,
    Sort,
    as_typed,
)
from koda.domain.search.corrections import Correction
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.relevance import MOST_RESULTS, RelevancePlace, SearchCursor
from koda.domain.search.sought import ANYWHERE, SOME, Sought, typed_words
from koda.domain.search.words import LONGEST_WORD, tokens_of
from koda.domain.usecases.catalogue.count_choices import CountChoices, Groups
from koda.domain.usecases.catalogue.count_needs import CountNeeds
from koda.domain.usecases.catalogue.find_relevant import BLOCK, FindRelevant
from koda.domain.usecases.catalogue.read_words import ReadWords
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex
from koda.ports.people import People

_MOST_NEAREST = 3
Placed = tuple[RelevancePlace, IndexEntry]


@frozen
class _Page:
    """The entries of a page, where the next one begins, and which have not all words."""

    entries: tuple[IndexEntry, ...]
    following: Cursor | SearchCursor | None = None
    cut: bool = False
    partial: frozenset[str] = frozenset()


@define
class _Results:
    """What the index has of what is looked for, read once, though page and counts both need it."""

    index: CatalogueIndex
    relevant: FindRelevant
    sought: Sought
    ranked: bool
    """Whether listings are wanted by relevance."""
    _groups: dict[Wanted, Groups] = field(factory=dict, init=False)
    _first: dict[Wanted, tuple[IndexEntry, ...]] = field(factory=dict, init=False)
    _read: dict[Wanted, Iterator[Placed]] = field(factory=dict, init=False)

    def groups(self, filters: Wanted) -> Groups:
        """Count what has all words, by platform and category."""
        if filters not in self._groups:
            self._groups[filters] = self._counted(filters)
        return self._groups[filters]

    def _counted(self, filters: Wanted) -> Groups:
        """The counts, by what a page has to read in any case if those are all."""
        if self.ranked and len(self.sought.words) > 1:
            entries = self.newest(filters)
            if len(entries) < BLOCK:
                return Counter((entry.platform, entry.category) for entry in entries)
        return self.index.tally(self._wanted(filters), MOST_COUNTED + 1)

    def newest(self, filters: Wanted) -> tuple[IndexEntry, ...]:
        """The newest 200 of what has all words."""
        if filters not in self._first:
            self._first[filters] = self.index.read(self._wanted(filters), Order.NEWEST, BLOCK)
        return self._first[filters]

    def _wanted(self, filters: Wanted) -> Wanted:
        return filters & (self.sought.wanted(ANYWHERE) if self.sought.words else Wanted())

    def relevant_groups(self, filters: Wanted) -> Groups:
        """Count what is relevant, by platform and category."""
        return Counter((entry.platform, entry.category) for entry in self.most_relevant(filters))

    def most_relevant(self, filters: Wanted) -> Iterator[IndexEntry]:
        """Yield what is relevant, the most relevant first."""
        return (entry for _, entry in self.relevant_to(filters))

    def relevant_to(self, filters: Wanted, after: RelevancePlace | None = None) -> Iterator[Placed]:
        """Yield what is relevant, from a place on."""
        nobody = None if self.groups(filters) else ()
        first = self._first.get(filters, nobody)
        if after is not None:
            return self.relevant(self.sought, filters, after, first=first)
        begun = self._read.get(filters)
        if begun is None:
            begun = self.relevant(self.sought, filters, first=first)
        self._read[filters], results = tee(begun)
        return results


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
    needs: CountNeeds
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
        sought, corrections = self._understood(query)
        if query.text and not sought.words:
            return Catalogue((), None, Facets(), nearest=(evolve(query, text=""),))
        results = _Results(self.index, self.relevant, sought, query.sort is Sort.RELEVANCE)
        page = self._page(query, sought, results)
        facets = self._facets(query, results)
        nearest = () if page.entries or query.after else self._nearest(query, sought, corrections)
        shown = tuple(self._shown(page))
        if not query.after:
            corrections = tuple(_spelled(correction, shown) for correction in corrections)
        next_cursor, ended = _ended(page.following, corrections, query)
        return Catalogue(shown, next_cursor, facets, corrections, page.cut or ended, nearest)

    def _understood(self, query: CatalogueQuery) -> tuple[Sought, tuple[Correction, ...]]:
        """What is looked for, and what was corrected for it: as the first page understood it."""
        if isinstance(query.after, SearchCursor):
            return Sought.of(query.text, query.after.words), query.after.corrections
        words = self.read(query.text)
        corrections = (Correction(word.typed, word.sought.text) for word in words if word.typed)
        return Sought.of(query.text, (word.sought for word in words)), tuple(corrections)

    def _page(self, query: CatalogueQuery, sought: Sought, results: _Results) -> _Page:
        if query.sort is Sort.RELEVANCE:
            return self._by_relevance(query, sought, results)
        order = Order.NEWEST if query.sort is Sort.NEWEST else Order.PRICE
        ascending = query.sort is Sort.PRICE_ASC
        wanted = self._wanted(query.filters, sought)
        after = query.after.place if isinstance(query.after, SearchCursor) else query.after
        place = after if isinstance(after, Cursor) else None
        read = self.index.read(wanted, order, query.limit + 1, place, ascending=ascending)
        shown = read[: query.limit]
        if len(read) <= query.limit:
            return _Page(shown)
        last = shown[-1].place(order)
        return _Page(shown, SearchCursor(sought.words, last) if query.text else last)

    def _by_relevance(self, query: CatalogueQuery, sought: Sought, results: _Results) -> _Page:
        begun = query.after if isinstance(query.after, SearchCursor) else None
        place = begun.place if begun and isinstance(begun.place, RelevancePlace) else None
        before = begun.shown if begun else 0
        most = min(query.limit, MOST_RESULTS - before)
        found = results.relevant_to(self._filters(query.filters), place)
        read = list(islice(found, most + 1))
        shown = read[:most]
        entries = tuple(entry for _, entry in shown)
        partial = frozenset(entry.id for place, entry in shown if place.tier == SOME)
        total = before + len(shown)
        if len(read) > most and total < MOST_RESULTS:
            cursor = SearchCursor(sought.words, shown[-1][0], total)
            return _Page(entries, cursor, partial=partial)
        # Of listings with some of the words no more than a block are looked at.
        cut = len(read) > most or bool(partial and total >= BLOCK)
        return _Page(entries, None, cut, partial)

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
        return filters.priced_in(self.policy.currency) if self.currency_changed else filters

    def _wanted(self, filters: Wanted, sought: Sought) -> Wanted:
        """The listings with all words that filters let through."""
        filters = self._filters(filters)
        return filters & sought.wanted(ANYWHERE) if sought.words else filters

    def _facets(self, query: CatalogueQuery, results: _Results) -> Facets:
        of_all = not self.currency_changed
        facets = self.count(
            query, lambda filters: results.groups(self._filters(filters)), of_all=of_all
        )
        if facets.total or query.sort is not Sort.RELEVANCE:
            return self.needs(
                facets, query, lambda filters: results.newest(self._filters(filters)), of_all=of_all
            )
        some = self.count(query, lambda filters: results.relevant_groups(self._filters(filters)))
        facets = evolve(
            some,
            exact=some.exact and some.total < BLOCK,
            platforms=some.platforms.counted_to(BLOCK),
            categories=some.categories.counted_to(BLOCK),
        )
        return self.needs(
            facets, query, lambda filters: results.most_relevant(self._filters(filters))
        )

    # --- where there is nothing -------------------------------------------------------------------

    def _nearest(
        self, query: CatalogueQuery, sought: Sought, corrections: tuple[Correction, ...]
    ) -> tuple[CatalogueQuery, ...]:
        """Queries that are less, or taken as typed, and find something."""
        quoted = as_typed(query.text, (word.typed for word in corrections))
        as_it_is = (evolve(query, text=quoted),) if corrections else ()
        found = (
            nearer
            for nearer in chain(as_it_is, _less(query, sought))
            if self._finds(nearer, sought if nearer.text == query.text else self._sought(nearer))
        )
        return tuple(islice(found, _MOST_NEAREST))

    def _sought(self, query: CatalogueQuery) -> Sought:
        return Sought.of(query.text, (word.sought for word in self.read(query.text)))

    def _finds(self, query: CatalogueQuery, sought: Sought) -> bool:
        return bool(self.index.read(self._wanted(query.filters, sought), Order.NEWEST, 1))


def _spelled(correction: Correction, shown: Iterable[CatalogueEntry]) -> Correction:
    """The correction with what was meant as the listings that are shown write it."""
    listings = (entry.automation.listing for entry in shown)
    tokens = chain.from_iterable(tokens_of(f"{of.title} {of.description}") for of in listings)
    fitting = (token for token in tokens if correction.meant in token.readings[0])
    spelled = (token.text.lower() for token in fitting if len(token.text) <= LONGEST_WORD)
    return evolve(correction, meant=next(spelled, correction.meant))


def _ended(
    cursor: Cursor | SearchCursor | None,
    corrections: tuple[Correction, ...],
    query: CatalogueQuery,
) -> tuple[str | None, bool]:
    """The cursor of the next page, and whether there is none because it would be too long."""
    if cursor is None:
        return None, False
    if isinstance(cursor, SearchCursor):
        cursor = evolve(cursor, corrections=corrections)
    text = cursor.encode(query.scope)
    return (text, False) if len(text) <= LONGEST_CURSOR else (None, True)


def _less(query: CatalogueQuery, sought: Sought) -> Iterable[CatalogueQuery]:
    """The query without its rarest word, each of its filters (the last one first), or all words."""
    typed = typed_words(query.text)
    # Of a script without spaces the words are no text that somebody could have typed.
    if len(sought.words) > 1 and not any(word.token.paired for word in typed):
        rarest = max(sought.words, key=lambda word: word.weight)
        text = " ".join(word.text for word in sought.words if word != rarest)
        quoted = any(word.quoted for word in typed)
        yield evolve(query, text=as_typed(text) if quoted else text[:LONGEST_SEARCH])
    yield from query.with_less()
    if query.filters.priced or query.filters.labels:
        yield evolve(query, text="")
