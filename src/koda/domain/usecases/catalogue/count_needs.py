"""Counting the apps of listings, and what listings need."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, field, frozen

from koda.domain.search.answers import Facet, Facets
from koda.domain.search.catalogue import CatalogueQuery
from koda.domain.search.entries import IndexEntry, Wanted
from koda.domain.search.names import APPS
from koda.domain.search.needs import NEEDS, Need, Needed
from koda.domain.usecases.catalogue.find_relevant import BLOCK
from koda.ports.catalogue_index import CatalogueIndex

_MOST_APPS = 20
"""Apps of which it is told how many listings there are."""
_COUNTED = (APPS.mark, APPS.written, Needed.MARK)
"""How the labels begin that are counted."""


@frozen(eq=False, repr=False)
class CountNeeds:
    """Counts apps, and each need as if it were not asked for itself, of what is looked at.

    That are the newest 200. Where nothing narrows listings down, the index has counted them all.
    """

    index: CatalogueIndex

    def __call__(
        self,
        facets: Facets,
        query: CatalogueQuery,
        look: Callable[[Wanted], Iterable[IndexEntry]],
        *,
        of_all: bool = True,
    ) -> Facets:
        """Return the facets of a query with those of apps and needs.

        `look` tells at most 200 entries that filters let through of what has the words; without
        words that is `of_all` in the index, or else narrowed down by something more.

        Raises:
            Unavailable: the store is down.
        """
        known = of_all and not query.text and not query.filters.priced
        counted: dict[Wanted, _Counted] = {}

        def count(filters: Wanted) -> _Counted:
            if filters not in counted:
                found = _Counted.of(look(filters))
                counted[filters] = self._known(found) if known and not filters.labels else found
            return counted[filters]

        apps = count(query.filters).apps
        for app in query.apps:
            apps = apps.with_chosen(app, facets.total)
        chosen = {needed.need: needed.value for needed in query.needs}
        needs = {
            need: count(query.without_need(need).filters)
            .of_need(need)
            .with_chosen(chosen.get(need), facets.total)
            for need in Need
        }
        return evolve(facets, apps=apps, needs=needs)

    def _known(self, counted: "_Counted") -> "_Counted":
        """The same with what the index has counted, if not all was looked at."""
        if counted.exact:
            return counted
        labels = {Needed(need, value).label for need, values in NEEDS.items() for value in values}
        counts = self.index.frequencies({*counted.written, *labels})
        return _Counted(counts, counted.written, exact=True)


@frozen
class _Counted:
    """How many entries have labels of apps and needs, and how most of them write an app."""

    counts: Mapping[str, int]
    written: Mapping[str, str]
    exact: bool = field(kw_only=True)

    @classmethod
    def of(cls, entries: Iterable[IndexEntry]) -> "_Counted":
        """Count what is looked at."""
        looked = tuple(entries)
        counts: Counter[str] = Counter()
        for entry in looked:
            for beginning in _COUNTED:
                counts.update(entry.labels.beginning(beginning))
        named = {label: count for label, count in counts.items() if label.startswith(APPS.mark)}
        said = {label: count for label, count in counts.items() if label.startswith(APPS.written)}
        written = {APPS.label(app): app for app in APPS.as_written(named, said)}
        return cls(counts, written, exact=len(looked) < BLOCK)

    @property
    def apps(self) -> Facet:
        """The most frequent apps, and of equal ones by name."""
        named = {name: self.counts.get(label, 0) for label, name in self.written.items()}
        frequent = sorted(named, key=lambda name: (-named[name], name))[:_MOST_APPS]
        return Facet({name: named[name] for name in frequent if named[name]}, self.exact)

    def of_need(self, need: Need) -> Facet:
        """The values that some have, in their order."""
        labels = {value: Needed(need, value).label for value in NEEDS[need]}
        counts = {value: self.counts.get(label, 0) for value, label in labels.items()}
        return Facet({value: count for value, count in counts.items() if count}, self.exact)
