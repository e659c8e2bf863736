import logging
from collections.abc import Callable, Iterator
from itertools import count
from threading import Event
from threading import enumerate as threads

import pytest

from koda.domain.model.errors import Unavailable
from koda.entrypoints.work.repeating import Repeating

PATIENCE = 30.0
NAME = "koda.test"


def counted(enough: Event, times: int, failing: range) -> Callable[[], None]:
    """A run that fails some of the times, and says when it was called so many times."""
    calls: Iterator[int] = count(1)

    def run() -> None:
        number = next(calls)
        if number == times:
            enough.set()
        if number in failing:
            raise Unavailable("store")

    return run


def repeated(run: Callable[[], None], enough: Event) -> None:
    """Let the run be repeated until it was called often enough."""
    stopped = Event()
    repeating = Repeating(NAME, run, 0.001, stopped)
    assert enough.wait(PATIENCE)
    stopped.set()
    repeating.join(PATIENCE)


def test_failures_in_a_row_are_logged_once_and_the_next_run_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A store that is down now may be there the next time."""
    caplog.set_level(logging.INFO, "koda.work")
    enough = Event()
    repeated(counted(enough, 5, range(1, 4)), enough)

    (failed,) = caplog.records
    assert (failed.getMessage(), failed.levelname) == (
        "Work failed, and is tried again",
        "WARNING",
    )
    assert (vars(failed)["work"], vars(failed)["problem"]) == (NAME, str(Unavailable("store")))


def test_failure_after_a_success_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    """It is another outage."""
    calls: Iterator[int] = count(1)
    enough = Event()

    def run() -> None:
        number = next(calls)
        if number == 4:
            enough.set()
        if number % 2:
            raise Unavailable("store")

    repeated(run, enough)

    assert len(caplog.records) >= 2


def test_it_stops_at_once_between_two_runs() -> None:
    """Nobody waits for the pause to be over."""
    stopped = Event()
    repeating = Repeating(NAME, lambda: None, 600.0, stopped)
    assert NAME in {thread.name for thread in threads()}
    stopped.set()
    repeating.join(PATIENCE)

    assert NAME not in {thread.name for thread in threads()}


def test_whatever_ends_a_run_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    """After `sys.exit` in a subscriber, the others are still told; its words are not logged."""
    enough = Event()
    calls: Iterator[int] = count(1)

    def run() -> None:
        if next(calls) == 2:
            enough.set()
        raise SystemExit("bea@example.com")

    repeated(run, enough)

    assert [vars(record)["problem"] for record in caplog.records] == ["SystemExit"]
