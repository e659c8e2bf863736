"""What every adapter of `IndexBuilder` does."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from attrs import frozen

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.search.builds import IndexBuild
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.indexing import entry_of
from koda.ports.index_builder import IndexBuilder
from koda.testing.contracts.calls import calls_of
from koda.testing.contracts.catalogue_index_machine import IndexedAutomations, expected_counts
from koda.testing.contracts.stores import answer
from koda.testing.examples import a_listing, an_automation


@frozen
class RebuiltIndex(IndexedAutomations):
    """An index that `builder` writes anew.

    `misfile` puts the entry of an automation that nobody saved into the index, as an earlier
    version would have written it.
    """

    builder: IndexBuilder
    misfile: Callable[[Automation], None]


_Make = Callable[[], RebuiltIndex]

_LISTED = tuple(
    an_automation(f"aut_{number}", listing=a_listing(title=f"Invoices of week {number}"))
    for number in range(3)
)


def _filled(case: RebuiltIndex) -> RebuiltIndex:
    """The case with some listings, each under labels that are not its own."""
    for automation in _LISTED:
        case.automations.add(automation)
        case.misfile(an_automation(automation.id, listing=a_listing(title="Something of before")))
    return case


def _rebuilt(case: RebuiltIndex, limit: int) -> list[int]:
    """Write all anew in steps of at most `limit`; how many automations were in each."""
    sizes, place = [], ""
    while True:
        step = case.builder.step(place, limit)
        sizes.append(step.listings)
        if step.place is None:
            return sizes
        place = step.place


def _entries(case: RebuiltIndex) -> set[IndexEntry]:
    """All that the index has."""
    return set(case.index.read(Wanted(), Order.NEWEST, 99))


class IndexBuilderContract:
    """Subclass it and override `make` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = IndexBuilder

    def test_at_first_nobody_has_written_it_anew(self, make: _Make) -> None:
        """The labels are of the first version."""
        assert make().builder.build() == IndexBuild()

    def test_how_far_it_came_is_kept(self, make: _Make) -> None:
        """The last one that was kept counts."""
        builder = make().builder
        builder.keep(IndexBuild(2, 3, "aut_7", 7))
        builder.keep(IndexBuild(3, listings=12))

        assert builder.build() == IndexBuild(3, listings=12)

    @pytest.mark.parametrize("limit", [1, 3, 9])
    def test_every_entry_becomes_what_its_automation_says(self, make: _Make, limit: int) -> None:
        """In steps of any size; and so do the counts."""
        case = _filled(make())
        assert _entries(case).isdisjoint(map(entry_of, _LISTED))

        sizes = _rebuilt(case, limit)

        assert sum(sizes) == len(_LISTED)
        assert max(sizes) <= limit
        assert _entries(case) == set(map(entry_of, _LISTED))
        counts = expected_counts(list(_LISTED))
        assert case.index.frequencies(counts) == counts
        assert case.index.size() == len(_LISTED)
        assert case.index.frequencies(("before",)) == {}

    def test_a_step_leaves_what_is_behind_it(self, make: _Make) -> None:
        """Nothing is missing meanwhile."""
        case = _filled(make())
        case.builder.step("", 2)

        assert len(_entries(case)) == len(_LISTED)
        assert len(_entries(case) & set(map(entry_of, _LISTED))) == 2

    def test_what_is_not_for_sale_gets_no_entry(self, make: _Make) -> None:
        """Also if it has one that it should not have."""
        case = make()
        withdrawn = an_automation("aut_1", state=AutomationState.WITHDRAWN)
        case.automations.add(withdrawn)
        case.misfile(an_automation("aut_1"))
        case.automations.add(an_automation("aut_2", state=AutomationState.WITHDRAWN))
        _rebuilt(case, 9)

        assert _entries(case) == set()
        assert case.index.size() == 0

    def test_automations_are_counted(self, make: _Make) -> None:
        """Those that are for sale and those that are not."""
        case = _filled(make())
        case.automations.add(an_automation("aut_9", state=AutomationState.WITHDRAWN))

        assert case.builder.automations() == len(_LISTED) + 1

    def test_an_empty_store_is_done_at_once(self, make: _Make) -> None:
        """There is nothing to write."""
        assert sum(_rebuilt(make(), 9)) == 0

    def test_every_method_is_unavailable_while_the_backend_is_down(
        self, broken: RebuiltIndex | None
    ) -> None:
        """Nothing pretends to be done."""
        if broken is None:
            pytest.skip("the backend of this adapter cannot be down")
        calls = calls_of(self.port, broken.builder)

        assert {name: answer(call) for name, call in calls.items()} == dict.fromkeys(
            calls, "Unavailable"
        )
