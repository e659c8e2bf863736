"""Readiness: how the services are, without asking them too often."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Event, Lock, Thread

from attrs import define, field

from koda.domain.model.errors import KodaError
from koda.domain.usecases.operations.watch_webhooks import WatchWebhooks
from koda.entrypoints.backends.probe import Readiness

WELL = "ok"
LATE = "unavailable"

logger: logging.Logger = logging.getLogger("koda.web")


@define(eq=False)
class Watched:
    """A backend and its latest state: asked by one thread at a time, however many want to know."""

    backend: Readiness
    clock: Callable[[], float] = time.monotonic
    name: str = "backend"
    _state: str = field(default="", init=False)
    _asked_at: float | None = field(default=None, init=False)
    _answering: Event | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def ask(self) -> None:
        """Begin to ask the backend, unless that was done lately or is still being done."""
        with self._lock:
            now = self.clock()
            lately = self._asked_at is not None and now < self._asked_at + self.backend.lifetime
            if self._answering is None and not lately:
                self._asked_at, self._answering = now, Event()
                Thread(target=self._look, args=(self._answering,), daemon=True).start()

    def state(self, patience: float) -> str:
        """Return `ok` or the code of what is wrong; wait so many seconds for an answer."""
        with self._lock:
            answering = self._answering
        if answering is not None and not answering.wait(patience):
            return LATE
        return self._state or LATE

    def _look(self, answered: Event) -> None:
        state = LATE
        try:
            self.backend.check()
            state = WELL
        except KodaError as error:
            state = error.code
        finally:
            with self._lock:
                before, self._state, self._answering = self._state, state, None
            if before != state:
                self._tell(state)
            answered.set()

    def _tell(self, state: str) -> None:
        fields = {"backend": self.name, "state": state}
        level = logging.INFO if state == WELL else logging.WARNING
        logger.log(level, "Backend %s is %s", self.name, state, extra=fields)


class EndpointReports:
    """What became of the messages at `endpoints`, as last read, a sentence each."""

    def __init__(self, watch: WatchWebhooks, endpoints: Iterable[str]) -> None:
        self.told: Mapping[str, str] = {}
        self._watch = watch
        self._endpoints = tuple(endpoints)

    def read(self) -> None:
        """Read it again; whatever fails, the site can do without."""
        with suppress(KodaError):
            self.told = {endpoint: f"{self._watch.of(endpoint)}" for endpoint in self._endpoints}
