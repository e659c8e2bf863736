"""What every adapter of `People` does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved
from koda.ports.people import People
from koda.testing.contracts.running import EXAMPLES, NOWHERE, assert_same, at_once
from koda.testing.contracts.stores import StoreContract
from koda.testing.examples import NOON, a_person
from koda.testing.strategies import ids, people

_Make = Callable[[], People]
_Again = Callable[[People], People]

_ADA = UserId("user_ada")


def _at(minutes: int) -> datetime:
    """Some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def _known(store: People, user_id: UserId = _ADA) -> Person | None:
    """What is known of a user."""
    person = store.some([user_id]).get(user_id)
    record = store.find(user_id)
    assert person == (None if isinstance(record, PersonRemoved) else record)
    return person


def _removed(store: People, user_id: UserId = _ADA) -> bool:
    """Whether a user is gone."""
    return isinstance(store.find(user_id), PersonRemoved)


class PeopleContract(StoreContract[People]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = People

    def machine(self, store: People) -> RuleBasedStateMachine:
        """People beside plain dictionaries."""
        return PeopleMachine(store)

    @EXAMPLES
    @given(person=people())
    def test_what_is_put_is_read_back(self, make: _Make, person: Person) -> None:
        """Names and addresses of any script come back as they were."""
        store = make()
        store.put(person)

        assert_same(person, _known(store, person.id))

    def test_some_returns_those_that_are_known(self, make: _Make) -> None:
        """Unknown and repeated ids do no harm."""
        store = make()
        store.put(a_person())
        store.put(a_person("user_bob"))

        asked = [_ADA, _ADA, *map(UserId, NOWHERE)]
        assert dict(store.some(iter(asked))) == {_ADA: a_person()}
        assert not store.some([])

    @pytest.mark.parametrize("user_id", NOWHERE)
    def test_who_is_unknown_was_not_removed(self, make: _Make, user_id: str) -> None:
        """Neither was who is known."""
        store = make()
        store.put(a_person())

        assert not _removed(store, UserId(user_id))
        assert not _removed(store)

    def test_only_newer_updates_replace_older_ones(self, make: _Make) -> None:
        """Updates of the same time are the same update: the first ones stay."""
        store = make()
        store.put(a_person(name="Ada", updated_at=_at(1)))
        store.put(a_person(name="Old", updated_at=_at(0)))
        store.put(a_person(name="Same", updated_at=_at(1)))

        assert _known(store) == a_person(name="Ada", updated_at=_at(1))
        store.put(a_person(name="New", updated_at=_at(2)))
        assert _known(store) == a_person(name="New", updated_at=_at(2))

    def test_a_removed_user_is_forgotten(self, make: _Make) -> None:
        """Updates up to the removal stay forgotten, later ones bring the user back."""
        store = make()
        store.put(a_person(updated_at=_at(1)))
        store.remove(_ADA, _at(2))

        for minutes in (0, 1, 2):
            store.put(a_person(updated_at=_at(minutes)))
            assert _known(store) is None
            assert _removed(store)
        store.put(a_person(updated_at=_at(3)))
        assert _known(store) == a_person(updated_at=_at(3))
        assert not _removed(store)

    def test_an_old_removal_does_not_touch_later_updates(self, make: _Make) -> None:
        """It was overtaken on its way."""
        store = make()
        store.put(a_person(updated_at=_at(2)))
        store.remove(_ADA, _at(1))

        assert _known(store) == a_person(updated_at=_at(2))
        assert not _removed(store)
        store.remove(_ADA, _at(2))
        assert _removed(store)

    def test_removing_the_unknown_counts(self, make: _Make) -> None:
        """Older updates that come afterwards are not kept."""
        store = make()
        store.remove(_ADA, _at(1))
        store.put(a_person(updated_at=_at(0)))

        assert _removed(store)
        assert _known(store) is None

    def test_the_last_removal_counts(self, make: _Make) -> None:
        """An earlier one that comes later takes nothing back."""
        store = make()
        store.remove(_ADA, _at(3))
        store.remove(_ADA, _at(1))
        store.put(a_person(updated_at=_at(2)))

        assert store.find(_ADA) == PersonRemoved(_ADA, _at(3))

    def test_updates_in_any_order_end_the_same(self, make: _Make) -> None:
        """The provider's messages may come in any order, and more than once."""
        for order in permutations(range(4)):
            store = make()
            updates = [
                partial(store.put, a_person(name="One", updated_at=_at(1))),
                partial(store.remove, _ADA, _at(2)),
                partial(store.put, a_person(name="Three", updated_at=_at(3))),
                partial(store.put, a_person(name="Zero", updated_at=_at(0))),
            ]
            for number in (*order, order[0]):
                updates[number]()

            assert _known(store) == a_person(name="Three", updated_at=_at(3))

    def test_of_many_at_once_the_newest_stays(self, make: _Make) -> None:
        """Whoever comes last."""
        store = make()
        updates = [partial(store.put, a_person(updated_at=_at(minutes))) for minutes in range(8)]
        at_once([*updates, *(partial(store.remove, _ADA, _at(minutes)) for minutes in range(7))])

        assert _known(store) == a_person(updated_at=_at(7))

    def test_another_handle_keeps_the_newest(self, make: _Make, again: _Again) -> None:
        """Whichever process an update or a removal came to."""
        store = make()
        other = again(store)
        store.put(a_person(name="New", updated_at=_at(2)))
        other.put(a_person(name="Old", updated_at=_at(1)))

        assert _known(other) == a_person(name="New", updated_at=_at(2)) == _known(store)
        other.remove(_ADA, _at(3))
        assert _removed(store)


class PeopleMachine(RuleBasedStateMachine):
    """People beside dictionaries of the updates and removals that count."""

    def __init__(self, store: People) -> None:
        super().__init__()
        self.store = store
        self.updates: dict[str, Person] = {}
        self.removals: dict[str, datetime] = {}

    @rule(user_id=ids("user"), name=st.sampled_from(["Ada", "Zoë"]), minutes=st.integers(0, 5))
    def put(self, user_id: str, name: str, minutes: int) -> None:
        """An update of a user."""
        person = a_person(user_id, name=name, updated_at=_at(minutes))
        if user_id not in self.updates or self.updates[user_id].updated_at < person.updated_at:
            self.updates[user_id] = person
        self.store.put(person)

    @rule(user_id=ids("user"), minutes=st.integers(0, 5))
    def remove(self, user_id: str, minutes: int) -> None:
        """A user is deleted."""
        self.removals[user_id] = max(_at(minutes), self.removals.get(user_id, _at(minutes)))
        self.store.remove(UserId(user_id), _at(minutes))

    @invariant()
    def later_updates_count(self) -> None:
        """A user is known by the last update, unless the last removal was as late."""
        for number in range(1, 4):
            user_id = UserId(f"user_{number}")
            update, removal = self.updates.get(user_id), self.removals.get(user_id)
            visible = (
                update if removal is None or (update and update.updated_at > removal) else None
            )
            assert _known(self.store, user_id) == visible
            assert _removed(self.store, user_id) == (removal is not None and visible is None)
