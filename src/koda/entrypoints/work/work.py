"""Background work: delivering domain events, and tidying up."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from attrs import asdict

from koda.domain.usecases.operations.deliver_events import DeliverEvents
from koda.domain.usecases.operations.tidy import Tidy
from koda.entrypoints.work.repeating import Repeating

DELIVER_EVERY = 1.0
TIDY_EVERY = 600.0
"""Seconds from the end of one run to the beginning of the next."""

logger: logging.Logger = logging.getLogger("koda.tidy")


class Jobs(Protocol):
    """The use cases that nobody calls but time."""

    deliver_events: DeliverEvents
    tidy: Tidy


class Work:
    """The work of one process, over the use cases that `use_cases` makes.

    Any number of processes may work for the same marketplace. Whoever has no process to spare
    calls `work()` now and then; else `start` and `stop`, or `running`.
    """

    def __init__(self, use_cases: Callable[[], Jobs]) -> None:
        self._use_cases = use_cases
        self._threads: list[Repeating] = []

    def __call__(self) -> int:
        """Tell the subscribers of this process whatever is due; return how many events.

        Raises:
            Unavailable: the store is down; what went before that is told.
        """
        return self._use_cases().deliver_events()

    def start(self) -> None:
        """Start a thread for each subscriber, so that none waits for another, and one that tidies.

        A forked process has no threads, so that it starts its own if it shall work.
        """
        use_cases = self._use_cases()
        deliver = use_cases.deliver_events
        for name in deliver.by_name():
            self._threads.append(Repeating(name, partial(deliver, [name]), DELIVER_EVERY))
        self._threads.append(Repeating("koda.tidy", partial(_tidy, use_cases), TIDY_EVERY))

    def stop(self) -> None:
        """Stop the threads; what is not done within a few seconds is done by whoever works next."""
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.stop()
        for thread in threads:
            thread.join()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have it done in the background until the block ends."""
        self.start()
        try:
            yield
        finally:
            self.stop()


def _tidy(use_cases: Jobs) -> None:
    logger.info("Tidied up", extra=asdict(use_cases.tidy()))
