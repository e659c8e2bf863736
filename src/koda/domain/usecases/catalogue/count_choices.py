"""Counting what each choice of a filter would leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import evolve, field, frozen

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
        platforms = {name: platform_label(name) for name in self.policy.platform_names}
        categories = {name: category_label(name) for name in self.policy.categories}
        filters = query.filters
        less = evolve(query, platform=None).filters, evolve(query, category=None).filters
        known = of_all and not query.text and not filters.priced
        counting = _Counting(self.index, tally)
        if known and len(filters.labels) <= 1:
            asked = {*platforms.values(), *categories.values(), *filters.labels}
            counts = self.index.frequencies(asked)
            counting = _Counting(self.index, tally, self.index.size(), counts)
        total, exact = counting.total(filters, less)
        return Facets(
            counting.facet(less[0], 0, platforms, platform_label),
            counting.facet(less[1], 1, categories, category_label),
            total,
            exact,
            self._extras(query) if known else {},
        )

    def _extras(self, query: CatalogueQuery) -> dict[str, dict[str, int]]:
        """The counts of the values that fields list, where no other filter is in force."""
        labels = {
            (extra.name, text): extra_label(extra.name, text)
            for extra in self.policy.extras
            for text in extra.listed
            if not query.without_extra(extra.name).filters.labels
        }
        if not labels:
            return {}
        counts = self.index.frequencies(labels.values())
        facets: dict[str, dict[str, int]] = {}
        for (name, text), label in labels.items():
            facets.setdefault(name, {})[text] = counts.get(label, 0)
        return facets


@frozen
class _Counting:
    """Counting for a query; where `size` is known, the index has counted what one label leaves."""

    index: CatalogueIndex
    tally: Callable[[Wanted], Groups]
    size: int | None = None
    counts: Mapping[str, int] = field(factory=dict)

    def total(self, filters: Wanted, less: Iterable[Wanted]) -> tuple[int, bool]:
        """How many listings there are, and whether there are no more.

        `less` are the same filters without a platform or a category; what they leave was counted.
        """
        if self.size is not None:
            counts = (self.counts.get(label, 0) for label in filters.labels)
            return min(counts, default=self.size), True
        for fewer in less:
            groups = self.tally(fewer)
            if sum(groups.values()) <= MOST_COUNTED:
                gone = filters.labels - fewer.labels
                return sum(n for names, n in groups.items() if gone <= _labels(*names)), True
        total = sum(self.tally(filters).values())
        return min(total, MOST_COUNTED), total <= MOST_COUNTED

    def facet(
        self,
        filters: Wanted,
        part: int,
        labels: Mapping[str, str],
        label_of: Callable[[str], str],
    ) -> Facet:
        """The counts of a part of the groups; `labels` are of the marketplace's names for it."""
        known = self.size is not None and not filters.labels
        if known:
            facet = _known(labels, self.counts)
            if sum(facet.counts.values()) == self.size:
                return facet
        facet = _facet(_by(self.tally(filters), part), tuple(labels))
        if facet.exact or not known:
            return facet
        names = {**labels, **{name: label_of(name) for name in facet.counts}}
        return _known(names, self.index.frequencies(names.values()))


def _labels(platform: str, category: str) -> set[str]:
    return {platform_label(platform), category_label(category)}


def _known(labels: Mapping[str, str], counts: Mapping[str, int]) -> Facet:
    """The counts that the index has of labels by name."""
    return Facet({name: counts[label] for name, label in labels.items() if label in counts})


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
