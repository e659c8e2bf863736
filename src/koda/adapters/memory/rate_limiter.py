"""Rate limits of one process: a fixed window for each caller and action."""

import math
import time
from collections.abc import Callable, Mapping
from threading import Lock

from koda.adapters.memory.rates import Rate
from koda.domain.model.errors import TooMany
from koda.ports.rate_limiter import RateLimiter

SWEEP = 60.0
"""Seconds after which windows that ended are forgotten, all at once."""


class MemoryRateLimiter(RateLimiter):
    """Counts in windows that begin with a caller's first action.

    `rates` maps an action to how often a caller may do it, such as `"20/minute"`. One of several
    processes that count each for itself allows its share (`share_of`: how many there are), so that
    all together allow what the rate says. `monotonic` tells seconds that pass.
    """

    def __init__(
        self,
        rates: Mapping[str, str],
        *,
        share_of: int = 1,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates = {
            action: Rate.parse(f"rates.{action}", rate).share(share_of)
            for action, rate in rates.items()
        }
        self._monotonic = monotonic
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._sweep_at = monotonic() + SWEEP
        self._lock = Lock()

    @property
    def remembered(self) -> int:
        """How many windows are remembered."""
        return len(self._windows)

    def check(self, action: str, caller: str) -> None:
        rate = self._rates.get(action)
        if rate is None:
            return
        with self._lock:
            now = self._monotonic()
            self._sweep(now)
            ends_at, count = self._windows.get((action, caller), (now, 0))
            if ends_at <= now:
                ends_at, count = now + rate.seconds, 0
            self._windows[action, caller] = ends_at, count + 1
        if count >= rate.times:
            raise TooMany(action, max(1, math.ceil(ends_at - now)))

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP
        self._windows = {
            place: window for place, window in self._windows.items() if window[0] > now
        }
