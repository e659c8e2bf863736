"""Counting what each choice of a filter would leave."""

from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, frozen

from koda.domain.model.policy import Policy
from koda.domain.search.answers import Facet, Facets
from koda.domain.search.catalogue import MOST_COUNTED, CatalogueQuery
from koda.domain.search.entries import Wanted
from koda.domain.search.labels import category_label, extra_label, kind_label, platform_label
from koda.ports.catalogue_index import CatalogueIndex

_ALL = ""
"""Stands for a label that all listings have."""
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
        less = evolve(query, platform=None).filters, evolve(query, category=None).filters
        platforms, categories = self._platforms(query), self._categories(query)
        known = of_all and not query.text and not filters.priced
        counting, sole = _Counting(self.index, tally), _sole_label(query)
        if known and sole is not None:
            wider = {label for fewer in less for label in fewer.labels}
            asked = {*platforms.values(), *categories.values(), *wider, sole}
            counts = {**self.index.frequencies(asked), _ALL: self.index.size()}
            by_kind = not evolve(query, platform=None, category=None).filters.labels
            counting = _Counting(self.index, tally, counts, counts.get(sole, 0), by_kind)
        total, exact = counting.total(filters, less, _chosen(query))
        return Facets(
            counting.facet(less[0], 0, platforms).with_chosen(query.platform, total),
            counting.facet(less[1], 1, categories).with_chosen(query.category, total),
            total,
            exact,
            self._extras(query) if known else {},
        )

    def _platforms(self, query: CatalogueQuery) -> dict[str, str]:
        """The label that counts each platform, of the category that is asked for if it is one."""
        chosen = query.category
        return {
            name: kind_label(name, chosen) if chosen else platform_label(name)
            for name in self.policy.platform_names
        }

    def _categories(self, query: CatalogueQuery) -> dict[str, str]:
        """The label that counts each category, of the platform that is asked for if it is one."""
        chosen = query.platform
        return {
            name: kind_label(chosen, name) if chosen else category_label(name)
            for name in self.policy.categories
        }

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
    """Counting for a query, by what the index has counted where that has `counts`.

    Those are by label; `matching` listings match. `by_kind` says that there is no other filter than
    platform and category, which are counted together, too.
    """

    index: CatalogueIndex
    tally: Callable[[Wanted], Groups]
    counts: Mapping[str, int] | None = None
    matching: int = 0
    by_kind: bool = False

    def total(self, filters: Wanted, less: Iterable[Wanted], chosen: set[str]) -> tuple[int, bool]:
        """How many listings there are, and whether there are no more.

        `less` are the same filters without a platform or a category; what they leave was counted.
        `chosen` are the labels of both.
        """
        if self.counts is not None:
            return self.matching, True
        for fewer in less:
            groups = self.tally(fewer)
            if sum(groups.values()) <= MOST_COUNTED:
                return sum(n for names, n in groups.items() if chosen <= _labels(*names)), True
        total = sum(self.tally(filters).values())
        return min(total, MOST_COUNTED), total <= MOST_COUNTED

    def facet(self, filters: Wanted, part: int, labels: Mapping[str, str]) -> Facet:
        """The counts of a part of the groups; `labels` are of the marketplace's names for it."""
        if self.counts is not None and self.by_kind:
            facet = _known(labels, self.counts)
            (label,) = filters.labels or (_ALL,)
            # Else there are some of a name that the marketplace has no longer.
            if sum(facet.counts.values()) == self.counts.get(label, 0):
                return facet
        facet = _facet(self.tally(filters), part, labels)
        if facet.exact or self.counts is None or filters.labels:
            return facet
        label_of = category_label if part else platform_label
        names = {**labels, **{name: label_of(name) for name in facet.counts}}
        return _known(names, self.index.frequencies(names.values()))


def _sole_label(query: CatalogueQuery) -> str | None:
    """The label that counts what a query's filters let through, if there is one."""
    labels = query.filters.labels
    return next(iter(labels), _ALL) if len(labels) <= 1 else None


def _chosen(query: CatalogueQuery) -> set[str]:
    """The labels of the platform and the category that are asked for."""
    platform = {platform_label(query.platform)} if query.platform else set()
    return platform | ({category_label(query.category)} if query.category else set())


def _labels(platform: str, category: str) -> set[str]:
    return {platform_label(platform), category_label(category)}


def _known(labels: Mapping[str, str], counts: Mapping[str, int]) -> Facet:
    """The counts that the index has of labels by name."""
    return Facet({name: counts[label] for name, label in labels.items() if label in counts})


def _facet(groups: Groups, part: int, names: Iterable[str]) -> Facet:
    """The counts in the marketplace's order, then by name what it has no longer.

    Listings that write a name in another case than the marketplace, or one another, are of one.
    """
    spellings = {name.casefold(): name for name in names}
    counts = dict.fromkeys(spellings.values(), 0)
    for kind, count in sorted(groups.items(), key=lambda group: group[0][part]):
        name = spellings.setdefault(kind[part].casefold(), kind[part])
        counts[name] = counts.get(name, 0) + count
    shown = {name: min(count, MOST_COUNTED) for name, count in counts.items() if count}
    return Facet(shown, exact=sum(counts.values()) <= MOST_COUNTED)
