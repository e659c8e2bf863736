"""The catalogue cache of one process."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import timedelta
from threading import Lock

from koda.ports.catalogue_cache import CatalogueCache

JITTER = 0.1
"""How much of a lifetime is left to chance, so that answers of one moment do not end together."""
OVERHEAD = 300
"""Bytes that keeping an answer takes beside the answer and its key."""
LARGEST_PART = 8
"""An answer is kept if it takes no more than this part of the room."""


class MemoryCatalogueCache(CatalogueCache):
    """Keeps the answers used last, `room` bytes of them, each for about `lifetime`.

    A lifetime is 10 % more or less. What is kept are texts and bytes, which the garbage collector
    need not look at, so a full cache stops no request. Whoever waits for another caller's load
    stops after `patience` and loads for itself. `monotonic` tells seconds, `chance` a number from
    0 to 1.
    """

    def __init__(
        self,
        lifetime: timedelta,
        *,
        room: int,
        patience: timedelta = timedelta(seconds=10),
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._lifetime = lifetime.total_seconds()
        self._room = room
        self._taken = 0
        self._patience = patience.total_seconds()
        self._monotonic: Callable[[], float] = monotonic
        self._chance: Callable[[], float] = chance
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._loading: dict[str, Future[bytes]] = {}

    def get_or_load(self, key: str, load: Callable[[], bytes]) -> bytes:
        with self._lock:
            answer = self._find(key)
            if answer is not None:
                return answer
            mine: Future[bytes] = Future()
            awaited = self._loading.setdefault(key, mine)
        if awaited is mine:
            return self._load(key, load, mine)
        done, _ = wait((awaited,), self._patience)
        return load() if awaited not in done or awaited.exception() else awaited.result()

    def invalidate(self) -> None:
        with self._lock:
            self._kept.clear()
            self._taken = 0
            # Who comes now must not wait for an answer that may be older than the change.
            self._loading.clear()

    def _find(self, key: str) -> bytes | None:
        answer, ends_at = self._kept.get(key, (None, 0.0))
        if answer is None:
            return None
        if self._monotonic() >= ends_at:
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return answer

    def _load(self, key: str, load: Callable[[], bytes], mine: "Future[bytes]") -> bytes:
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
        mine: "Future[bytes]",
        answer: bytes | None = None,
        began_at: float = 0.0,
    ) -> None:
        """End a load; its answer is kept unless everything was invalidated meanwhile."""
        with self._lock:
            if self._loading.get(key) is not mine:
                return
            del self._loading[key]
            if answer is not None and _size(key, answer) <= self._room // LARGEST_PART:
                lasts = self._lifetime * (1 + JITTER * (2 * self._chance() - 1))
                self._keep(key, answer, began_at + lasts)

    def _keep(self, key: str, answer: bytes, ends_at: float) -> None:
        self._kept[key] = (answer, ends_at)
        self._taken += _size(key, answer)
        while self._taken > self._room:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: str) -> None:
        answer, _ = self._kept.pop(key)
        self._taken -= _size(key, answer)


def _size(key: str, answer: bytes) -> int:
    """The bytes that an answer takes with its key, of which no character takes more than four."""
    return len(answer) + 4 * len(key) + OVERHEAD
