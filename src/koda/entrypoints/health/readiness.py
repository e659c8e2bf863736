"""How the services that the site stands on are, without asking them more often than is kind."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Event, Lock, Thread

from attrs import define, field, frozen

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.domain.model.identifiers import FileKey
from koda.domain.usecases.operations.watch_webhooks import WatchWebhooks
from koda.entrypoints.health.store_probes import write_store
from koda.entrypoints.settings.choices import Cache, IdentityProvider, PaymentProvider
from koda.entrypoints.wiring.container import Container
from koda.entrypoints.wiring.lifecycle import check_prepared

NEAR, FAR = 5.0, 60.0
"""Seconds for which a state is told again: of what is the marketplace's own, and of vendors."""
NO_FILE = FileKey(f"made/{'0' * 64}")
"""A key as good as any, so that a file store must look for it; no bytes have this hash."""
WELL = "ok"
LATE = "unavailable"

logger = logging.getLogger("koda.web")


@frozen
class Backend:
    """A service; `check` raises where it is down.

    Without one that is `needed` the site can serve nothing. `lifetime` is for how many seconds its
    state is told without asking again.
    """

    check: Callable[[], object]
    needed: bool = True
    lifetime: float = NEAR


@define(eq=False)
class Watched:
    """A backend and its latest state: asked by one thread at a time, however many want to know."""

    backend: Backend
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


def backends(container: Container, reports: EndpointReports) -> Mapping[str, Backend]:
    """Return what the site stands on, each asked by something small that leaves nothing behind.

    Whenever the store has answered, `reports` is read there, too.

    The site answers without its cache, shows and delivers without payments, and lets visitors
    browse without identity: these are told and not needed.
    """
    settings, files = container.settings(), container.files()
    found = {
        "store": Backend(_store_of(container, reports)),
        "files": Backend(lambda: files.stat(NO_FILE)),
    }
    if settings.cache == Cache.REDIS:
        redis, prefix = container.redis(), settings.redis.prefix
        found["cache"] = Backend(lambda: redis.probe(prefix), needed=False)
    if settings.payments == PaymentProvider.STRIPE:
        found["payments"] = Backend(container.stripe_probe().live, needed=False, lifetime=FAR)
    if settings.identity == IdentityProvider.CLERK:
        keys = container.clerk_keys()
        found["identity"] = Backend(lambda: _some_key(keys), needed=False, lifetime=FAR)
    return found


def _store_of(container: Container, reports: EndpointReports) -> Callable[[], object]:
    """Write to the store, which may be readable on a full disk; at first, see it is prepared."""
    prepared = Event()

    def check() -> None:
        if not prepared.is_set():
            check_prepared(container)
            prepared.set()
        write_store(container)
        reports.read()

    return check


def _some_key(keys: Callable[[str], object]) -> None:
    """See that there are keys to check a token with; none has this name."""
    with suppress(NotAuthenticated):
        keys("readyz")
