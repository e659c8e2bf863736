"""Background threads that repeat a task."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from koda.domain.usecases.operations.deliver_events import problem_of

_logger: logging.Logger = logging.getLogger("koda.work")


class Repeating:
    """A thread that calls `run` at once, and again after `every` so many seconds, until stopped.

    Of runs that fail one after the other the first is logged; the next one comes all the same.
    """

    def __init__(self, name: str, run: Callable[[], object], every: float, stopped: Event) -> None:
        self._name, self._run, self._every, self._stopped = name, run, every, stopped
        self._failing = False
        self._thread = Thread(target=self._repeat, name=name, daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait so long for the end of the run that was going on when it was stopped."""
        self._thread.join(max(seconds, 0.0))

    def _repeat(self) -> None:
        while not self._stopped.is_set():
            try:
                self._run()
            except BaseException as error:  # noqa: BLE001 - `sys.exit` in a subscriber, too
                self._failed(error)
            else:
                self._failing = False
            self._stopped.wait(self._every)

    def _failed(self, error: BaseException) -> None:
        if not self._failing:
            fields = {"work": self._name, "problem": problem_of(error)}
            _logger.warning("Work failed, and is tried again", extra=fields)
        self._failing = True
