"""Counting what each choice of a filter would leave."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from koda.domain.model.policy import Policy
from koda.domain.search.answers import Facet, Facets
from koda.domain.search.catalogue import MOST_COUNTED, CatalogueQuery
from koda.domain.search.entries import Wanted
from koda.domain.search.labels import category_label, extra_label, platform_label
from koda.ports.catalogue_index import CatalogueIndex

Groups = Mapping[tuple[str, str], int]
"""How many listings there are of each platform and category."""


@frozen(eq=False, repr=False)
class CountChoices:
    """Counts listings by platform and by category, by each as if it were not chosen itself.

    Where nothing else narrows them down, the index has counted them all. Else they are counted as
    they are read, and no more than 2,000.
    """

    index: CatalogueIndex
    policy: Policy

    def __call__(
        self, query: CatalogueQuery, tally: Callable[[Wanted], Groups], *, of_all: bool = True
    ) -> Facets:
        """Return the facets of a query.

        `tally` counts what filters let through of what has the words, at least one more than 2,000;
        without words that is `of_all` in the index, or else narrowed down by something more.

        Raises:
            Unavailable: the store is down.
        """
        filters = query.filters
        of_platforms = evolve(query, platform=None).filters
        of_categories = evolve(query, category=None).filters
        counted = {wanted: tally(wanted) for wanted in {filters, of_platforms, of_categories}}
        total = sum(counted[filters].values())
        platforms, categories = self.policy.platform_names, self.policy.categories
        facets = Facets(
            _facet(_by(counted[of_platforms], 0), platforms),
            _facet(_by(counted[of_categories], 1), categories),
            min(total, MOST_COUNTED),
            total <= MOST_COUNTED,
        )
        return self._known(query, facets) if of_all and not query.text else facets

    def _known(self, query: CatalogueQuery, facets: Facets) -> Facets:
        """The same with what the index has counted."""
        filters = query.filters
        if filters.priced:
            return facets
        if not facets.exact and not filters.labels:
            facets = evolve(facets, total=self.index.size(), exact=True)
        if not facets.exact and len(filters.labels) == 1:
            total = sum(self.index.frequencies(filters.labels).values())
            facets = evolve(facets, total=total, exact=True)
        if not evolve(query, platform=None).filters.labels:
            facets = evolve(facets, platforms=self._all(facets.platforms, platform_label))
        if not evolve(query, category=None).filters.labels:
            facets = evolve(facets, categories=self._all(facets.categories, category_label))
        return evolve(facets, extras=self._extras(query))

    def _extras(self, query: CatalogueQuery) -> dict[str, dict[str, int]]:
        """The counts of the values that fields list, where no other filter is in force."""
        labels = {
            (field.name, text): extra_label(field.name, text)
            for field in self.policy.extras
            for text in field.listed
            if not query.without_extra(field.name).filters.labels
        }
        if not labels:
            return {}
        counts = self.index.frequencies(labels.values())
        facets: dict[str, dict[str, int]] = {}
        for (name, text), label in labels.items():
            facets.setdefault(name, {})[text] = counts.get(label, 0)
        return facets

    def _all(self, facet: Facet, label_of: Callable[[str], str]) -> Facet:
        if facet.exact:
            return facet
        labels = {name: label_of(name) for name in facet.counts}
        counts = self.index.frequencies(labels.values())
        return Facet({name: counts.get(label, 0) for name, label in labels.items()})


def _by(groups: Groups, part: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for names, count in groups.items():
        counts[names[part]] += count
    return counts


def _facet(counts: Counter[str], names: Sequence[str]) -> Facet:
    """The counts in the marketplace's order, then by name what it has no longer."""
    others = sorted(counts.keys() - set(names))
    ordered = {name: counts[name] for name in (*names, *others) if counts[name]}
    return Facet(ordered, exact=counts.total() <= MOST_COUNTED)
