"""Identifiers from the time and chance."""

import os
import secrets
import time
from collections.abc import Callable
from threading import Lock

from ulid import ULID

from koda.ports.ids import Ids


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class SortableIds(Ids):
    """Makes `{prefix}_{ULID}`: 48 bits of milliseconds since 1970, then 80 bits of chance.

    Each id sorts behind every earlier one of the same instance, also within one millisecond and
    when the machine's clock is set back. No state is shared with other processes: what follows an
    id within its millisecond is drawn by chance, so that a forked process takes another course.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds: Callable[[], int] = milliseconds
        self._lock = Lock()
        self._last = 0

    def __call__(self, prefix: str) -> str:
        with self._lock:
            drawn = self._milliseconds() << 80 | int.from_bytes(os.urandom(10))
            behind = self._last + 1 + secrets.randbits(64)
            self._last = drawn if drawn > self._last else behind
            return f"{prefix}_{ULID.from_bytes(self._last.to_bytes(16))}"
