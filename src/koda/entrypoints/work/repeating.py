"""Background threads that repeat a task."""

import logging
from collections.abc import Callable
from threading import Event, Thread

LET_END = 2.0
"""Seconds for which a run may go on once it shall stop; a later one completes what it left."""

logger: logging.Logger = logging.getLogger("koda.work")


class Repeating:
    """A thread that calls `run` at once, and again after `every` so many seconds, until stopped.

    Of runs that fail one after the other the first is logged; the next one comes all the same.
    """

    def __init__(self, name: str, run: Callable[[], object], every: float) -> None:
        self._name, self._run, self._every = name, run, every
        self._stopped = Event()
        self._failing = False
        self._thread = Thread(target=self._repeat, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no further run."""
        self._stopped.set()

    def join(self) -> None:
        """Wait a little for the end of the run that was going on when it was stopped."""
        self._thread.join(LET_END)

    def _repeat(self) -> None:
        while not self._stopped.is_set():
            try:
                self._run()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next run tries again
                self._failed(error)
            else:
                self._failing = False
            self._stopped.wait(self._every)

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            fields = {"work": self._name, "problem": str(error)}
            logger.warning("Work failed, and is tried again", extra=fields)
        self._failing = True
