"""Circuit breaker around Redis: leaves a service alone that does not answer."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

PAUSE = timedelta(seconds=5)
FAILURES = 3


class CircuitBreaker:
    """Opens after `failures` in a row; then lets one caller try every `pause`.

    It closes with the first success. `monotonic` tells seconds.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        pause: timedelta = PAUSE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._pause = pause.total_seconds()
        self._monotonic: Callable[[], float] = monotonic
        self._lock = Lock()
        self._failed = 0
        self._tried_at = 0.0

    def admits(self) -> bool:
        """Whether the caller may ask; while open, it is yes once a pause, to whoever comes."""
        with self._lock:
            if self._failed < self._most:
                return True
            now = self._monotonic()
            if now < self._tried_at + self._pause:
                return False
            self._tried_at = now
            return True

    def fail(self) -> bool:
        """Take note that no answer came; tell whether this opened the circuit."""
        with self._lock:
            self._failed += 1
            self._tried_at = self._monotonic()
            return self._failed == self._most

    def succeed(self) -> bool:
        """Take note of an answer; tell whether this closed the circuit."""
        with self._lock:
            closed = self._failed >= self._most
            self._failed = 0
            return closed
