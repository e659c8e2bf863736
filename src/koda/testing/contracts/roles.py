"""What every adapter of `Roles` does."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import StaleWrite
from koda.domain.model.roles import RoleAssignment, Roster
from koda.ports.roles import Roles
from koda.testing.contracts.running import EXAMPLES, assert_same, at_once, only_winner
from koda.testing.contracts.stores import StoreContract
from koda.testing.examples import an_assignment
from koda.testing.strategies import assignments

_Make = Callable[[], Roles]
_Again = Callable[[Roles], Roles]

_MOST = 5
"""Assignments of a roster that is drawn."""


def _roster(*user_ids: str, revision: int = 0) -> Roster:
    """A roster of moderators."""
    return Roster(tuple(map(an_assignment, user_ids)), revision)


class RolesContract(StoreContract[Roles]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Roles

    def machine(self, store: Roles) -> RuleBasedStateMachine:
        """Roles beside the roster that they should hold."""
        return RolesMachine(store)

    def test_before_the_first_save_nobody_has_a_role(self, make: _Make) -> None:
        """The roster is empty and has revision 0."""
        assert make().roster() == Roster()

    @EXAMPLES
    @given(given_roles=st.lists(assignments(), max_size=_MOST).map(tuple))
    def test_what_is_saved_is_read_back(
        self, make: _Make, given_roles: tuple[RoleAssignment, ...]
    ) -> None:
        """Who has which role, since when and by whom, in order."""
        store = make()
        kept = store.save(Roster(given_roles))

        assert_same(Roster(given_roles, 1), kept)
        assert_same(kept, store.roster())

    def test_each_save_replaces_the_roster(self, make: _Make) -> None:
        """Whoever is left out has no role any more."""
        store = make()
        store.save(_roster("user_ada", "user_bob"))
        store.save(_roster("user_bob", revision=1))

        assert store.roster() == _roster("user_bob", revision=2)

    @pytest.mark.parametrize("revision", [0, 2])
    def test_stale_save_raises_and_changes_nothing(self, make: _Make, revision: int) -> None:
        """Who read before somebody saved must read again."""
        store = make()
        store.save(_roster("user_ada"))

        with pytest.raises(StaleWrite):
            store.save(_roster("user_eve", revision=revision))
        assert store.roster() == _roster("user_ada", revision=1)

    def test_no_later_state_is_saved_before_the_first(self, make: _Make) -> None:
        """A revision that nobody read is stale, too."""
        store = make()

        with pytest.raises(StaleWrite):
            store.save(_roster("user_eve", revision=1))
        assert store.roster() == Roster()

    def test_of_many_saving_first_at_once_one_wins(self, make: _Make) -> None:
        """The others are told that they are stale."""
        store = make()
        rosters = [_roster(f"user_{number}") for number in range(8)]
        kept = only_winner(at_once(partial(store.save, roster) for roster in rosters), StaleWrite)

        assert store.roster() == kept

    def test_of_many_saving_at_once_one_wins(self, make: _Make, again: _Again) -> None:
        """Through two handles, as two processes do."""
        store = make()
        handles = (store, again(store))
        for revision in range(4):
            saves = [
                partial(handle.save, _roster(f"user_{number}", revision=revision))
                for number in range(4)
                for handle in handles
            ]
            kept = only_winner(at_once(saves), StaleWrite)
            assert [handle.roster() for handle in handles] == [kept] * 2


class RolesMachine(RuleBasedStateMachine):
    """Roles beside the roster that they should hold."""

    def __init__(self, store: Roles) -> None:
        super().__init__()
        self.store = store
        self.kept: Roster = Roster()

    @rule(given_roles=st.lists(assignments(), max_size=_MOST).map(tuple))
    def save(self, given_roles: tuple[RoleAssignment, ...]) -> None:
        """Save a next state."""
        self.kept = self.store.save(evolve(self.kept, assignments=given_roles))

    @rule(revision=st.integers(0, 30))
    def save_stale(self, revision: int) -> None:
        """Save what somebody read before, or nobody ever."""
        if revision != self.kept.revision:
            with pytest.raises(StaleWrite):
                self.store.save(Roster(revision=revision))

    @invariant()
    def roster_is_kept(self) -> None:
        """As it was returned."""
        assert self.store.roster() == self.kept
