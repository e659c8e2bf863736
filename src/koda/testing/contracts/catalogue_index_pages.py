"""In which order every adapter of `CatalogueIndex` reads, page by page."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.automations import Automation
from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.paging import Cursor
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.search.entries import Order, Wanted
from koda.testing.contracts.catalogue_index import Make, filled, found, ids, titled
from koda.testing.contracts.catalogue_index_machine import WAYS, every, expected_entries
from koda.testing.contracts.catalogues import similar_automations, wanted_listings
from koda.testing.contracts.running import EXAMPLES
from koda.testing.examples import NOON, a_listing, an_automation


def priced(automation_id: str, minor: int) -> Automation:
    """An automation for sale at a price."""
    return an_automation(automation_id, listing=a_listing(price=Money(minor, "EUR")))


class CatalogueIndexPagesContract:
    """Subclass it and override `make`, as `CatalogueIndexContract` says."""

    def test_price_bounds_are_included(self, make: Make) -> None:
        """Both ends belong to the range."""
        case = filled(make(), priced("aut_1", 100), priced("aut_2", 200), priced("aut_3", 300))

        for label in ((), ("P:n8n",)):
            assert found(case, *label, max_price=200) == ["aut_2", "aut_1"]
            assert found(case, *label, min_price=200) == ["aut_3", "aut_2"]
            assert found(case, *label, min_price=200, max_price=200) == ["aut_2"]
            assert found(case, *label, min_price=201, max_price=299) == []

    def test_the_largest_prices_are_told_apart(self, make: Make) -> None:
        """In their order and by their bounds."""
        prices = [0, 10**12, 2 * 10**12, LARGEST_MINOR - 1, LARGEST_MINOR]
        case = filled(
            make(), *(priced(f"aut_{number}", price) for number, price in enumerate(prices))
        )

        for number, price in enumerate(prices):
            assert found(case, min_price=price, max_price=price) == [f"aut_{number}"]
        entries = case.index.read(Wanted(min_price=1), Order.PRICE, 9, ascending=True)
        assert ids(entries) == ["aut_1", "aut_2", "aut_3", "aut_4"]

    @pytest.mark.parametrize(("order", "ascending"), WAYS)
    def test_ties_fall_by_id_in_the_direction_of_the_order(
        self,
        make: Make,
        order: Order,
        ascending: bool,  # noqa: FBT001 - a parameter of the test
    ) -> None:
        """In whatever order they came."""
        case = filled(make(), *(priced(f"aut_{number}", 5) for number in (2, 5, 1, 4, 3)))

        expected = [f"aut_{number}" for number in range(1, 6)]
        read = ids(every(case.index, Wanted(), order, 2, ascending=ascending))
        assert read == (expected if ascending else expected[::-1])

    def test_newest_goes_by_publication(self, make: Make) -> None:
        """A draft that waited is new on the day it is published."""
        days = [NOON + timedelta(days=number) for number in range(4)]
        case = filled(
            make(),
            an_automation("aut_1", created_at=days[0], published_at=days[3]),
            an_automation("aut_2", created_at=days[1], published_at=days[2]),
            an_automation("aut_3", created_at=days[2], published_at=None),
        )

        assert found(case) == ["aut_1", "aut_3", "aut_2"]

    @pytest.mark.parametrize("labels", [(), ("brew",)], ids=["browsing", "a word"])
    @pytest.mark.parametrize(("order", "ascending"), WAYS)
    def test_pages_stand_still_while_the_list_changes(
        self,
        make: Make,
        order: Order,
        ascending: bool,  # noqa: FBT001 - a parameter of the test
        labels: tuple[str, ...],
    ) -> None:
        """Nothing is read twice, and nothing missed, though the last one read is gone."""
        case = filled(make(), *(titled(f"aut_{number}", "brew it") for number in range(2, 8)))
        wanted = Wanted(labels=frozenset(labels))
        first = case.index.read(wanted, order, 3, ascending=ascending)
        filled(case, titled("aut_1", "brew it"), titled("aut_9", "brew it"))
        last = case.automations.get(first[-1].id)
        case.automations.save(*last.withdraw(NOON))

        after = first[-1].place(order)
        second = case.index.read(wanted, order, 9, after, ascending=ascending)
        read = [*ids(first), *ids(second)]
        assert read == sorted(set(read), reverse=not ascending)
        assert {f"aut_{number}" for number in range(2, 8)} <= set(read)

    @pytest.mark.parametrize(("order", "ascending"), WAYS)
    def test_pages_begin_behind_places_that_nothing_has(
        self,
        make: Make,
        order: Order,
        ascending: bool,  # noqa: FBT001 - a parameter of the test
    ) -> None:
        """Before the first, between two, and behind the last one."""
        case = filled(make(), priced("aut_1", 100), priced("aut_3", 100))
        value = 100 if order is Order.PRICE else to_milliseconds(NOON)

        for place, below in (
            (Cursor(value, "aut_2"), ["aut_1"]),
            (Cursor(value + 1, "aut_1"), ["aut_3", "aut_1"]),
            (Cursor(value - 1, "aut_9"), []),
        ):
            above = ["aut_1", "aut_3"][len(["aut_1", "aut_3"]) - (2 - len(below)) :]
            read = ids(case.index.read(Wanted(), order, 9, place, ascending=ascending))
            assert read == (above if ascending else below)

    @EXAMPLES
    @given(
        listed=st.lists(
            similar_automations(8), max_size=8, unique_by=lambda automation: automation.id
        ),
        asked=st.lists(wanted_listings(), min_size=1, max_size=4),
        limit=st.integers(1, 4),
    )
    def test_entries_are_those_that_are_wanted(
        self, make: Make, listed: list[Automation], asked: list[Wanted], limit: int
    ) -> None:
        """In every order and direction, page by page."""
        index = filled(make(), *listed).index

        for wanted, (order, ascending) in zip(asked, WAYS * 4, strict=False):
            expected = expected_entries(listed, wanted, order, ascending=ascending)
            assert expected == every(index, wanted, order, limit, ascending=ascending)
