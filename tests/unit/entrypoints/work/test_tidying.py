import logging
from collections.abc import Callable, Iterator
from itertools import count
from threading import Event
from threading import enumerate as threads

import pytest

from koda.domain.model.errors import Unavailable
from koda.domain.usecases.operations.tidy import Tidied
from koda.entrypoints.work.tidying import tidying

PATIENCE = 30.0


def counted(enough: Event, times: int) -> Callable[[], Tidied]:
    """A run that fails at first, and says when it was called so many times."""
    calls: Iterator[int] = count(1)

    def run() -> Tidied:
        number = next(calls)
        if number == times:
            enough.set()
        if number == 1:
            raise Unavailable("store")
        return Tidied(2, 1, 0, 0, 0)

    return run


def test_a_failure_is_logged_and_the_next_run_comes(caplog: pytest.LogCaptureFixture) -> None:
    """A store that is down now may be there the next time."""
    caplog.set_level(logging.INFO, "koda.tidy")
    enough = Event()
    with tidying(counted(enough, 3), every=0.001):
        assert enough.wait(PATIENCE)

    failed, done, *_ = caplog.records
    assert (failed.getMessage(), failed.levelname) == ("Tidying failed", "WARNING")
    assert vars(failed)["problem"] == str(Unavailable("store"))
    assert (done.getMessage(), vars(done)["tickets"], vars(done)["uploads"]) == ("Tidied up", 2, 1)


def test_it_stops_at_once_between_two_runs() -> None:
    """Nobody waits for the ten minutes to be over."""
    with tidying(lambda: Tidied(0, 0, 0, 0, 0)):
        assert "koda-tidy" in {thread.name for thread in threads()}

    assert "koda-tidy" not in {thread.name for thread in threads()}
