"""The catalogue cache of one process."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import timedelta
from threading import Lock

from koda.domain.model.catalogue import Catalogue
from koda.ports.catalogue_cache import CatalogueCache

JITTER = 0.1
"""How much of a lifetime is left to chance, so that answers of one moment do not end together."""


class MemoryCatalogueCache(CatalogueCache):
    """Keeps the `entries` answers used last, each for about `lifetime` (10 % more or less).

    Whoever waits for another caller's load stops after `patience` and loads for itself.
    `monotonic` tells seconds, `chance` a number from 0 to 1.
    """

    def __init__(
        self,
        lifetime: timedelta,
        *,
        entries: int = 1000,
        patience: timedelta = timedelta(seconds=10),
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._lifetime = lifetime.total_seconds()
        self._entries = entries
        self._patience = patience.total_seconds()
        self._monotonic: Callable[[], float] = monotonic
        self._chance: Callable[[], float] = chance
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[Catalogue, float]] = OrderedDict()
        self._loading: dict[str, Future[Catalogue]] = {}

    def get_or_load(self, key: str, load: Callable[[], Catalogue]) -> Catalogue:
        with self._lock:
            answer = self._find(key)
            if answer is not None:
                return answer
            mine: Future[Catalogue] = Future()
            awaited = self._loading.setdefault(key, mine)
        if awaited is mine:
            return self._load(key, load, mine)
        done, _ = wait((awaited,), self._patience)
        return load() if awaited not in done or awaited.exception() else awaited.result()

    def invalidate(self) -> None:
        with self._lock:
            self._kept.clear()
            # Who comes now must not wait for an answer that may be older than the change.
            self._loading.clear()

    def _find(self, key: str) -> Catalogue | None:
        answer, ends_at = self._kept.get(key, (None, 0.0))
        if answer is None:
            return None
        if self._monotonic() >= ends_at:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return answer

    def _load(
        self, key: str, load: Callable[[], Catalogue], mine: "Future[Catalogue]"
    ) -> Catalogue:
        began_at = self._monotonic()
        try:
            answer = load()
        except BaseException as error:
            self._finish(key, mine)
            mine.set_exception(error)
            raise
        self._finish(key, mine, answer, began_at)
        mine.set_result(answer)
        return answer

    def _finish(
        self,
        key: str,
        mine: "Future[Catalogue]",
        answer: Catalogue | None = None,
        began_at: float = 0.0,
    ) -> None:
        """End a load; its answer is kept unless everything was invalidated meanwhile."""
        with self._lock:
            if self._loading.get(key) is not mine:
                return
            del self._loading[key]
            if answer is not None:
                lasts = self._lifetime * (1 + JITTER * (2 * self._chance() - 1))
                self._kept[key] = (answer, began_at + lasts)
                while len(self._kept) > self._entries:
                    self._kept.popitem(last=False)
