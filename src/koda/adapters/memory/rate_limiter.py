"""Rate limits of one process."""

import math
import time
from collections.abc import Mapping
from threading import Lock

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from koda.domain.model.errors import InvalidValue, TooMany
from koda.ports.rate_limiter import RateLimiter


class MemoryRateLimiter(RateLimiter):
    """Counts in windows that begin with a caller's first action.

    `rates` maps an action to how often a caller may do it, such as `"20/minute"`.
    """

    def __init__(self, rates: Mapping[str, str]) -> None:
        self._rates = {action: _rate(action, rate) for action, rate in rates.items()}
        self._windows = FixedWindowRateLimiter(MemoryStorage())
        # The library's memory storage loses counts when two threads begin a window together.
        self._lock = Lock()

    def check(self, action: str, caller: str) -> None:
        rate = self._rates.get(action)
        if rate is None:
            return
        with self._lock:
            allowed = self._windows.hit(rate, action, caller)
            resets_at = self._windows.get_window_stats(rate, action, caller).reset_time
        if not allowed:
            raise TooMany(action, max(1, math.ceil(resets_at - time.time())))


def _rate(action: str, rate: str) -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError as error:
        raise InvalidValue(f"rates.{action}", "must be a rate such as 20/minute") from error
