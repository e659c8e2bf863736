"""Background work: delivering domain events, comparing payments, tidying up, indexing."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from time import monotonic
from typing import Protocol

from attrs import asdict

from koda.domain.usecases.money.reconcile_payments import ReconcilePayments
from koda.domain.usecases.operations.deliver_events import DeliverEvents
from koda.domain.usecases.operations.rebuild_index import RebuildIndex
from koda.domain.usecases.operations.tidy import Tidy
from koda.entrypoints.work.reconciling import Reconciling
from koda.entrypoints.work.repeating import Repeating

_DELIVER_EVERY = 0.5
_RECONCILE_EVERY = 300.0
_TIDY_EVERY = 600.0
_REBUILD_EVERY = 600.0
"""Seconds from the end of one run to the beginning of the next."""
_LET_END = 2.0
"""Seconds for which all runs may go on together once they shall stop."""

logger: logging.Logger = logging.getLogger("koda.tidy")
_index_logger: logging.Logger = logging.getLogger("koda.index")


class Jobs(Protocol):
    """The use cases that nobody calls but time."""

    deliver_events: DeliverEvents
    tidy: Tidy
    reconcile_payments: ReconcilePayments
    rebuild_index: RebuildIndex


class Work:
    """The work of one process, over the use cases that `use_cases` makes.

    Any number of processes may work for the same marketplace. Whoever has no process to spare
    calls `work()` now and then; else `start` and `stop`, or `running`.
    """

    def __init__(self, use_cases: Callable[[], Jobs]) -> None:
        self._use_cases = use_cases
        self._threads: dict[str, Repeating] = {}
        self._stopped = Event()

    def __call__(self) -> int:
        """Tell the subscribers of this process whatever is due; return how many were tried.

        Raises:
            Unavailable: the store is down; what went before that is told.
        """
        return self._use_cases().deliver_events()

    def start(self) -> None:
        """Start a thread for each subscriber, so that none waits for another, and those for all.

        Subscribers that are added later get one, too. A forked process has no threads, so that it
        starts its own if it shall work.
        """
        if self._threads:
            return
        self._stopped = stopped = Event()
        use_cases = self._use_cases()
        deliver = use_cases.deliver_events

        def relay() -> None:
            deliver.relay(go_on)
            for name in deliver.by_name().keys() - self._threads.keys():
                run(name, partial(deliver.tell, name, go_on), _DELIVER_EVERY)

        def run(name: str, what: Callable[[], object], every: float) -> None:
            if not stopped.is_set():
                self._threads[name] = Repeating(name, what, every, stopped)

        def go_on() -> bool:
            return not stopped.is_set()

        run("koda.tidy", partial(_tidy, use_cases), _TIDY_EVERY)
        run("koda.index", partial(_index, use_cases, go_on), _REBUILD_EVERY)
        reconciling = Reconciling(use_cases.reconcile_payments)
        run("koda.reconcile", reconciling, _RECONCILE_EVERY)
        run("koda.relay", relay, _DELIVER_EVERY)

    def stop(self) -> None:
        """Stop the threads; what is not done within a few seconds is done by whoever works next."""
        self._stopped.set()
        ends_at = monotonic() + _LET_END
        for thread in list(self._threads.values()):
            thread.join(ends_at - monotonic())
        self._threads = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have it done in the background until the block ends."""
        self.start()
        try:
            yield
        finally:
            self.stop()


def _index(use_cases: Jobs, go_on: Callable[[], bool]) -> None:
    if use_cases.rebuild_index.if_due(go_on):
        _index_logger.info("Wrote the catalogue's index anew")


def _tidy(use_cases: Jobs) -> None:
    logger.info("Tidied up", extra=asdict(use_cases.tidy()))
