"""How the suites of the stores run: how often, and how many at once."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Protocol, TypeVar, cast

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from koda.domain.model.errors import KodaError
from koda.domain.model.paging import Cursor

Result = TypeVar("Result")
Item_co = TypeVar("Item_co", covariant=True)

_PATIENCE = 60.0
"""How many seconds callers at once may take before the check fails."""
NOWHERE = ("unknown_1", "", "a\0b", "\ud800", "' OR '1'='1", "x" * 5000)
"""Ids that nothing has; one holds what UTF-8 cannot write."""

# A fixture that makes a new adapter at each call may be shared by all examples, and a test that is
# inherited by several suites runs with each of them.
_allowed = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.differing_executors,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
]
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=_allowed)
"""How many entities a round trip is tried with."""
_STEPS = settings(stateful_step_count=25, deadline=None, suppress_health_check=_allowed)
"""Of how many steps a history is."""
HISTORIES = 10
"""How many histories a state machine tries."""


def at_once(calls: Iterable[Callable[[], Result]]) -> list[Result | KodaError]:
    """Make all calls at the same time, each in a thread; return what each returned or raised."""
    waiting = list(calls)
    barrier = Barrier(len(waiting), timeout=_PATIENCE)

    def run(call: Callable[[], Result]) -> Result | KodaError:
        barrier.wait()
        try:
            return call()
        except KodaError as error:
            return error

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting, timeout=_PATIENCE))


def only_winner(results: Sequence[Result | KodaError], refusal: type[KodaError]) -> Result:
    """The one result that is no error; all others must be of type `refusal`."""
    winners = [result for result in results if not isinstance(result, KodaError)]
    assert len(winners) == 1
    assert {type(result) for result in results if isinstance(result, KodaError)} <= {refusal}
    return winners[0]


def assert_same(expected: object, actual: object) -> None:
    """Compare values and the types within them: an enum's member equals its bare text."""
    assert expected == actual
    assert repr(expected) == repr(actual)


class Pageful(Protocol[Item_co]):
    """A page, of whatever list."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """What is on it."""

    @property
    def next_place(self) -> Cursor | None:
        """Where the next one begins, if there is one."""


def walk(read: Callable[[Cursor | None], Pageful[Item_co]], limit: int) -> list[Item_co]:
    """All items of a list, read page by page, each page but the last one full."""
    page = read(None)
    items = list(page.items)
    while page.next_place is not None:
        assert len(page.items) == limit
        page = read(page.next_place)
        assert page.items
        items.extend(page.items)
    return items


def explore(machine: Callable[[], RuleBasedStateMachine], histories: int = HISTORIES) -> None:
    """Run random histories of the state machines that `machine` makes."""
    factory = cast("type[RuleBasedStateMachine]", machine)
    run_state_machine_as_test(factory, settings=settings(_STEPS, max_examples=histories))
