"""What every adapter of `Automations` does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import asdict, evolve, frozen
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.automations import Automation, AutomationState, Release
from koda.domain.model.errors import AlreadyExists, NotFound, StaleWrite
from koda.domain.model.extras import Extra, ExtraValue
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor
from koda.ports.automations import Automations
from koda.testing.contracts.automations_machine import AutomationsMachine
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.reviews import ReviewsContract
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    only_winner,
    walk,
)
from koda.testing.examples import (
    NOON,
    a_file,
    a_listing,
    a_preview,
    a_release,
    an_automation,
)
from koda.testing.listing_strategies import automations

_Make = Callable[[], Automations]
_Again = Callable[[Automations], Automations]

_ADA = UserId("user_ada")


@frozen
class _RatedListing(Listing):
    """A listing with a field that no store knows."""

    stars: int = 5


def priced(minor: int) -> Automation:
    """An automation for sale at a price."""
    return an_automation(listing=a_listing(price=Money(minor, "EUR")))


def filled(store: Automations, *automations: Automation) -> Automations:
    """The store with some automations in it."""
    for automation in automations:
        store.add(automation)
    return store


def releases(*contents: bytes) -> tuple[Release, ...]:
    """A release of each content."""
    files = map(a_file, contents)
    return tuple(a_release(f"1.{number}.0", file=file) for number, file in enumerate(files))


class AutomationsContract(DocumentContract[Automations], ReviewsContract):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Automations

    def machine(self, store: Automations) -> RuleBasedStateMachine:
        """Automations beside plain dictionaries."""
        return AutomationsMachine(store)

    def write_two(self, store: Automations) -> Mapping[str, object]:
        """Of different ids."""
        entities = an_automation("aut_1"), an_automation("aut_2", preview=a_preview())
        filled(store, *entities)
        return {entity.id: entity for entity in entities}

    # --- keeping one ---------------------------------------------------------------------

    @EXAMPLES
    @given(automation=automations())
    def test_what_is_added_is_read_back(self, make: _Make, automation: Automation) -> None:
        """Every value comes back as it was, whatever the script or size."""
        store = filled(make(), automation)

        assert_same(automation, store.get(automation.id))

    @EXAMPLES
    @given(before=automations(), after=automations())
    def test_what_is_saved_is_read_back(
        self, make: _Make, before: Automation, after: Automation
    ) -> None:
        """A save replaces every value."""
        store = filled(make(), before)
        saved = store.save(evolve(after, id=before.id, revision=before.revision))

        assert_same(evolve(after, id=before.id, revision=before.revision + 1), saved)
        assert_same(saved, store.get(before.id))

    def test_extras_keep_their_types(self, make: _Make) -> None:
        """A yes is no 1, and a large number is one."""
        values: tuple[ExtraValue, ...] = (True, 1, 10**12, "1", False, 0)
        extras = tuple(Extra(f"a{number}", value) for number, value in enumerate(values))
        store = filled(make(), an_automation(listing=a_listing(extras=extras)))

        read = store.get(AutomationId("aut_1")).listing.extras
        assert [(type(extra.value), extra.value) for extra in read] == [
            (type(value), value) for value in values
        ]

    def test_an_unknown_subclass_is_refused(self, make: _Make) -> None:
        """A field that it adds would be lost: nothing is kept of it, and the last state stays."""
        rated = _RatedListing(**asdict(a_listing(), recurse=False))
        store = filled(make(), an_automation())

        with pytest.raises(TypeError, match="must be Listing, not _RatedListing"):
            store.add(an_automation("aut_2", listing=rated))
        with pytest.raises(TypeError, match="must be Listing, not _RatedListing"):
            store.save(an_automation(listing=rated))
        assert dict(store.some([AutomationId("aut_2")])) == {}
        assert store.get(AutomationId("aut_1")) == an_automation()

    @pytest.mark.parametrize("automation_id", NOWHERE)
    def test_unknown_is_not_found(self, make: _Make, automation_id: str) -> None:
        """What was never added is not found, however odd its id."""
        with pytest.raises(NotFound):
            filled(make(), an_automation()).get(AutomationId(automation_id))

    def test_some_returns_those_that_exist(self, make: _Make) -> None:
        """Unknown and repeated ids do no harm."""
        first, two = an_automation("aut_1"), an_automation("aut_2")
        store = filled(make(), first, two, an_automation("aut_3"))

        asked = [first.id, two.id, first.id, *map(AutomationId, NOWHERE)]
        assert {first.id: first, two.id: two} == dict(store.some(iter(asked)))
        assert dict(store.some([])) == {}

    def test_adding_twice_raises_already_exists(self, make: _Make) -> None:
        """The first one stays."""
        store = filled(make(), an_automation())

        with pytest.raises(AlreadyExists):
            store.add(an_automation(seller_id=UserId("user_eve")))
        assert an_automation() == store.get(AutomationId("aut_1"))
        assert store.of_seller(UserId("user_eve"), 10).items == ()

    def test_stale_save_raises_and_changes_nothing(self, make: _Make) -> None:
        """Who read before somebody saved must read again."""
        store = filled(make(), an_automation())
        automation = store.save(*an_automation().withdraw(NOON))

        with pytest.raises(StaleWrite):
            store.save(an_automation())
        assert automation == store.get(automation.id)

    def test_save_from_the_future_raises(self, make: _Make) -> None:
        """A revision that was never kept is as stale as an old one."""
        store = filled(make(), an_automation())

        with pytest.raises(StaleWrite):
            store.save(an_automation(revision=1))

    def test_saving_the_unknown_raises_and_keeps_nothing(self, make: _Make) -> None:
        """A save never adds."""
        store = make()

        with pytest.raises(StaleWrite):
            store.save(an_automation())
        assert dict(store.some([AutomationId("aut_1")])) == {}

    def test_of_many_adding_at_once_one_wins(self, make: _Make) -> None:
        """The others learn that it exists."""
        store = make()
        sellers = [UserId(f"user_{number}") for number in range(8)]
        results = at_once(
            partial(store.add, an_automation(seller_id=seller_id)) for seller_id in sellers
        )

        only_winner(results, AlreadyExists)
        assert sum(len(store.of_seller(seller_id, 9).items) for seller_id in sellers) == 1

    def test_of_many_saving_at_once_one_wins(self, make: _Make) -> None:
        """The others are told that they are stale."""
        store = filled(make(), an_automation())
        for revision in range(5):
            states = [priced(100 + number) for number in range(8)]
            nexts = [evolve(state, revision=revision) for state in states]
            winner = only_winner(
                at_once(partial(store.save, automation) for automation in nexts), StaleWrite
            )

            assert revision + 1 == winner.revision
            assert winner == store.get(winner.id)

    # --- a seller's own ------------------------------------------------------------------

    def test_of_seller_is_newest_first_then_by_id(self, make: _Make) -> None:
        """Only the seller's own, in every state."""
        later = NOON + timedelta(milliseconds=1)
        store = filled(
            make(),
            an_automation("aut_2", state=AutomationState.DRAFT),
            an_automation("aut_1", created_at=later, state=AutomationState.SUSPENDED),
            an_automation("aut_3", state=AutomationState.WITHDRAWN),
            an_automation("aut_4", seller_id=UserId("user_eve")),
        )

        items = store.of_seller(_ADA, 10).items
        assert [automation.id for automation in items] == ["aut_1", "aut_3", "aut_2"]
        assert store.of_seller(UserId("user_nobody"), 10).items == ()

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def test_pages_of_seller_hold_every_item_once(self, make: _Make, limit: int) -> None:
        """Equal times do not tear a page."""
        store = filled(make(), *(an_automation(f"aut_{number}") for number in range(7)))

        items = walk(partial(store.of_seller, _ADA, limit), limit)
        assert [f"aut_{number}" for number in reversed(range(7))] == [
            automation.id for automation in items
        ]

    def test_pages_of_seller_stand_still_while_more_is_added(self, make: _Make) -> None:
        """What is newer than a page's last item does not push items to the next page."""
        store = filled(make(), *(an_automation(f"aut_{number}") for number in range(4)))
        after = store.of_seller(_ADA, 2).next_place
        filled(store, an_automation("aut_9", created_at=NOON + timedelta(days=1)))

        assert [automation.id for automation in store.of_seller(_ADA, 2, after).items] == [
            "aut_1",
            "aut_0",
        ]

    def test_place_of_a_sellers_page_is_the_time_and_the_id(self, make: _Make) -> None:
        """Of its last item; the last page has none."""
        store = filled(make(), an_automation("aut_1"), an_automation("aut_2"))

        place = Cursor(round(NOON.timestamp() * 1000), "aut_2")
        assert store.of_seller(_ADA, 1).next_place == place
        assert store.of_seller(_ADA, 2).next_place is None

    # --- its files -----------------------------------------------------------------------

    def test_files_in_use_are_those_of_every_release_and_of_the_picture(self, make: _Make) -> None:
        """Of those that were asked for, of any automation, for sale or not."""
        sold = an_automation("aut_1", releases=releases(b"1", b"2"), preview=a_preview(b"3"))
        withdrawn = an_automation("aut_2", releases=releases(b"2", b"4")).withdraw(NOON).state
        store = filled(make(), sold, withdrawn)

        used = sold.file_keys | withdrawn.file_keys
        assert len(used) == 4
        assert store.files_in_use(iter([*used, *used, *map(FileKey, NOWHERE)])) == used
        assert store.files_in_use(sold.file_keys) == sold.file_keys
        assert store.files_in_use(releases(b"5")[0].file.key for _ in range(2)) == frozenset()
        assert store.files_in_use([]) == frozenset()

    def test_a_picture_that_was_replaced_is_in_use_no_longer(self, make: _Make) -> None:
        """Unless another automation has it, too."""
        pictured = an_automation("aut_1", preview=a_preview(b"old"))
        other = an_automation("aut_2", preview=a_preview(b"old"))
        store = filled(make(), pictured, other)
        asked = pictured.file_keys | {size.file.key for size in a_preview(b"new").sizes}

        revised = store.save(*pictured.revise(pictured.listing, a_preview(b"new"), NOON))
        assert store.files_in_use(asked) == asked
        store.save(*other.revise(other.listing, None, NOON))
        assert store.files_in_use(asked) == revised.file_keys

    def test_another_handle_sees_and_refuses_what_this_one_does(
        self, make: _Make, again: _Again
    ) -> None:
        """It reads what was written, is stale after a save, and cannot take an id again."""
        store = filled(make(), an_automation())
        other = again(store)
        before = other.get(AutomationId("aut_1"))
        withdrawn = store.save(*before.withdraw(NOON))

        assert_same(withdrawn, other.get(withdrawn.id))
        with pytest.raises(StaleWrite):
            other.save(before)
        with pytest.raises(AlreadyExists):
            other.add(an_automation())
