"""What every store does: two handles on the same data behave as one, and an outage is told."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import ClassVar, Generic, TypeVar, cast

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.errors import Unavailable
from koda.testing.contracts.calls import calls_of
from koda.testing.contracts.running import HISTORIES, explore

Store = TypeVar("Store")


class StoreContract(Generic[Store]):
    """The part of each store's suite that is the same for all; its fixtures are yours to override.

    - `make`: each call gives a new, empty store.
    - `again`: called with a store that `make` gave, it opens another handle on the same data, as
      another process would. A store that lives in the memory of one process gives itself.
    - `broken`: a handle whose backend is down, or `None` of one that cannot be.
    """

    port: ClassVar[type]
    histories: ClassVar[int] = HISTORIES
    """How many random histories are tried; fewer may do where each call takes long."""

    @abstractmethod
    def machine(self, store: Store) -> RuleBasedStateMachine:
        """The store beside plain dictionaries of what it should hold."""

    def of_port(self, store: Store) -> object:
        """The adapter of `port` in what `make` gives; the store itself, if it comes alone."""
        return store

    def in_turn(self, first: Store, second: Store) -> Store:
        """Two handles as one, whose calls go to them in turn."""
        return cast("Store", InTurn(first, second))

    def test_behaves_like_a_dictionary(self, make: Callable[[], Store]) -> None:
        """Any history of writes and reads agrees with a plain dictionary."""
        explore(lambda: self.machine(make()), self.histories)

    def test_two_handles_behave_like_one(
        self, make: Callable[[], Store], again: Callable[[Store], Store]
    ) -> None:
        """Each sees at once what the other wrote, and is refused what the other took."""

        def two_handles() -> RuleBasedStateMachine:
            store = make()
            return self.machine(self.in_turn(store, again(store)))

        explore(two_handles, self.histories)

    def test_every_method_is_unavailable_while_the_backend_is_down(
        self, broken: Store | None
    ) -> None:
        """Whatever is called; called again, nothing is answered from what failed before."""
        if broken is None:
            pytest.skip("the backend of this adapter cannot be down")
        calls = calls_of(self.port, self.of_port(broken))

        for _ in range(2):
            answers = {name: answer(call) for name, call in calls.items()}
            assert answers == dict.fromkeys(calls, "Unavailable")


class InTurn:
    """Several handles as one: each access to a method goes to the next of them."""

    def __init__(self, *handles: object) -> None:
        self._handles = cycle(handles)

    def __getattr__(self, name: str) -> object:
        return getattr(next(self._handles), name)


def answer(call: Callable[[], object]) -> str:
    """How a call ends; every error but `Unavailable` is the adapter's mistake, and is raised."""
    try:
        result = call()
        if isinstance(result, Iterator):
            next(result, None)
    except Unavailable:
        return "Unavailable"
    return "answered"
