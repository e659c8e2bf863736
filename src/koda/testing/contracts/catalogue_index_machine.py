"""Random histories of automations, and an index compared with the plain definition of it."""

from collections import Counter
from itertools import product

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koda.domain.model.automations import Automation
from koda.domain.search.corrections import forms_of
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.indexing import entry_of
from koda.domain.search.labels import is_word
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex
from koda.testing.contracts.catalogues import similar_automations, wanted_listings

WAYS = list(product(Order, (False, True)))
"""Every order in both directions."""


@frozen
class IndexedAutomations:
    """Automations, and the index that reads what they write."""

    automations: Automations
    index: CatalogueIndex


def expected_entries(
    automations: list[Automation], wanted: Wanted, order: Order, *, ascending: bool = False
) -> list[IndexEntry]:
    """The entries of all that is for sale and wanted, in their order."""
    entries = (entry_of(automation) for automation in automations if automation.for_sale)
    return sorted(
        filter(wanted.fits, entries),
        key=lambda entry: (entry.place(order).value, entry.id),
        reverse=not ascending,
    )


def expected_counts(automations: list[Automation]) -> Counter[str]:
    """In how many entries each label is."""
    entries = expected_entries(automations, Wanted(), Order.NEWEST)
    return Counter(label for entry in entries for label in entry.labels)


def every(
    index: CatalogueIndex, wanted: Wanted, order: Order, limit: int, *, ascending: bool = False
) -> list[IndexEntry]:
    """All wanted entries, read page by page."""
    entries = list(index.read(wanted, order, limit, ascending=ascending))
    last = len(entries)
    while last == limit:
        after = entries[-1].place(order)
        page = index.read(wanted, order, limit, after, ascending=ascending)
        entries.extend(page)
        last = len(page)
    return entries


class CatalogueIndexMachine(RuleBasedStateMachine):
    """An index beside a dictionary of the automations that it is of."""

    def __init__(self, case: IndexedAutomations) -> None:
        super().__init__()
        self.case = case
        self.kept: dict[str, Automation] = {}
        self.ever: set[str] = set()

    @rule(automation=similar_automations())
    def put(self, automation: Automation) -> None:
        """Add one, or save the next state of what has its id."""
        before = self.kept.get(automation.id)
        if before is None:
            self.case.automations.add(automation)
            self.kept[automation.id] = automation
        else:
            following = evolve(automation, revision=before.revision)
            self.kept[automation.id] = self.case.automations.save(following)
        self.ever.update(entry_of(automation).labels)

    @rule(
        wanted=wanted_listings(),
        order=st.sampled_from(Order),
        ascending=st.booleans(),
        limit=st.integers(1, 4),
    )
    def read(self, wanted: Wanted, order: Order, limit: int, ascending: bool) -> None:  # noqa: FBT001 - drawn
        """Read what is wanted, page by page, and count it."""
        automations = list(self.kept.values())
        expected = expected_entries(automations, wanted, order, ascending=ascending)
        assert expected == every(self.case.index, wanted, order, limit, ascending=ascending)
        counts = Counter((entry.platform, entry.category) for entry in expected)
        assert counts == self.case.index.tally(wanted, 9)

    def teardown(self) -> None:
        """In the end all counts are right."""
        self.count()

    @rule()
    def count(self) -> None:
        """Of all labels that ever were, and of no other."""
        index, counts = self.case.index, expected_counts(list(self.kept.values()))
        words = {label: count for label, count in counts.items() if is_word(label)}
        forms = {form for label in self.ever if is_word(label) for form in forms_of(label)}
        assert counts == index.frequencies(self.ever)
        assert sum(automation.for_sale for automation in self.kept.values()) == index.size()
        for begun in {label[:1] for label in words}:
            beginning = {label: count for label, count in words.items() if label.startswith(begun)}
            assert beginning == index.beginning_with(begun, 1000)
        assert words == index.near(forms)
