"""Work that waits its turn in the background: bounded, tried again where that is safe."""

import atexit
import heapq
import logging
import os
import time
import weakref
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Condition, Thread, current_thread

from attrs import define, field, frozen

from koda.adapters.smtp.server import NotSent

ROOM = 1000
"""Errands that may wait in one process."""
PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Before each further try; servers that make strangers wait do so for some minutes."""
FAREWELL = timedelta(seconds=5)
"""How long the end of the process waits for what is still to be done."""

_log = logging.getLogger("koda.notices")


@frozen
class Errand:
    """Something to do, which may raise `NotSent`; `name` is for the log, and names nobody."""

    name: str
    act: Callable[[], None]


@define(order=True)
class _Waiting:
    due: float
    number: int
    errand: Errand = field(order=False)
    tries: int = field(order=False)


class Outbox:
    """Does errands one after the other in a thread, which lives while there are any.

    What finds no room is lost, and so is what is not done within `farewell` of the end of the
    process; the log tells. A forked process begins with nothing to do: it all stays the parent's.
    """

    def __init__(
        self,
        *,
        room: int = ROOM,
        pauses: Sequence[timedelta] = PAUSES,
        farewell: timedelta = FAREWELL,
    ) -> None:
        self._room = room
        self._pauses = pauses
        self._farewell = farewell
        self.begin()
        _everyone.add(self)

    def begin(self) -> None:
        """Have nothing to do."""
        self._changed = Condition()
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._worker: Thread | None = None
        self._ending = False

    def put(self, errand: Errand) -> None:
        """Have `errand` done soon, unless too much is waiting already."""
        with self._changed:
            if len(self._waiting) >= self._room:
                _log.error("The %s is lost: too many wait already", errand.name)
                return
            self._count += 1
            self._wait(_Waiting(time.monotonic(), self._count, errand, 0))
            if self._worker is None:
                worker = Thread(target=self._work, name="koda-notices", daemon=True)
                worker.start()
                self._worker = worker

    def close(self) -> None:
        """Do now what is waiting, each once more, as far as the farewell allows."""
        with self._changed:
            worker = self._worker
            self._ending = True
            self._changed.notify_all()
        if worker is not None:
            worker.join(self._farewell.total_seconds())
        with self._changed:
            left, self._waiting = self._waiting, []
            self._worker = None
            self._ending = False
        for waiting in left:
            _log.error("The %s is lost: there was no time left to send it", waiting.errand.name)

    def _wait(self, waiting: _Waiting) -> None:
        heapq.heappush(self._waiting, waiting)
        self._changed.notify_all()

    def _work(self) -> None:
        while (waiting := self._next()) is not None:
            try:
                waiting.errand.act()
            except NotSent as error:
                self._failed(waiting, error)
            except Exception as error:  # noqa: BLE001 - the next errand must still be done
                # Only the kind of error is told: its words and traceback may show addresses.
                _log.error("The %s is lost: %s", waiting.errand.name, type(error).__name__)

    def _next(self) -> _Waiting | None:
        with self._changed:
            while self._worker is current_thread() and self._waiting:
                pause = self._waiting[0].due - time.monotonic()
                if pause <= 0 or self._ending:
                    return heapq.heappop(self._waiting)
                self._changed.wait(pause)
            if self._worker is current_thread():
                self._worker = None
            return None

    def _failed(self, waiting: _Waiting, error: NotSent) -> None:
        with self._changed:
            staying = self._worker is current_thread() and not self._ending
            again = error.again and staying and waiting.tries < len(self._pauses)
            if again:
                due = time.monotonic() + self._pauses[waiting.tries].total_seconds()
                self._wait(_Waiting(due, waiting.number, waiting.errand, waiting.tries + 1))
        _log.log(
            logging.WARNING if again else logging.ERROR,
            "The %s is %s: %s",
            waiting.errand.name,
            "tried again later" if again else "lost",
            error,
        )


_everyone: weakref.WeakSet[Outbox] = weakref.WeakSet()


def _all(step: Callable[[Outbox], None]) -> None:
    for outbox in list(_everyone):
        step(outbox)


atexit.register(_all, Outbox.close)
os.register_at_fork(after_in_child=partial(_all, Outbox.begin))
