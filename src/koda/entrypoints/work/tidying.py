"""Tidying up in the background, in a thread of a process that serves."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from attrs import asdict

from koda.domain.usecases.operations.tidy import Tidied
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close

EVERY = 600.0
"""Seconds from the end of one run to the beginning of the next."""
LET_END = 2.0
"""Seconds for which a run may go on once it shall stop; the next one completes what it left."""

logger: logging.Logger = logging.getLogger("koda.tidy")


def tidy_once(settings: Settings, *, dry_run: bool = False) -> Tidied:
    """Tidy up what `settings` lead to, and let go of the connections.

    Raises:
        Unavailable: a store is down.
    """
    container = make_container(settings)
    try:
        tidied: Tidied = container.use_cases().tidy(dry_run=dry_run)
    finally:
        close(container)
    return tidied


@contextmanager
def tidying(run: Callable[[], Tidied], every: float = EVERY) -> Iterator[None]:
    """Call `run` again and again, `every` so many seconds, until the block ends.

    A run that fails is logged, and the next one comes all the same.
    """
    stopped = Event()
    thread = Thread(target=_repeat, args=(run, every, stopped), name="koda-tidy", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(LET_END)


def _repeat(run: Callable[[], Tidied], every: float, stopped: Event) -> None:
    while not stopped.wait(every):
        try:
            logger.info("Tidied up", extra=asdict(run()))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next run tries again
            logger.warning("Tidying failed", extra={"problem": str(error)})
