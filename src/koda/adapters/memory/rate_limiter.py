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

    `rates` maps an action to how often a caller may do it, such as `"20/minute"`. One of several
    processes that count each for itself allows its share (`share_of`: how many there are), so that
    all together allow what the rate says.
    """

    def __init__(self, rates: Mapping[str, str], *, share_of: int = 1) -> None:
        self._rates = {action: _rate(action, rate, share_of) for action, rate in rates.items()}
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


def _rate(action: str, rate: str, share_of: int) -> RateLimitItem:
    try:
        whole = parse(rate)
    except ValueError as error:
        raise InvalidValue(f"rates.{action}", "must be a rate such as 20/minute") from error
    return _share(whole, share_of)


def _share(whole: RateLimitItem, share_of: int) -> RateLimitItem:
    """So many a window, or, where that is less than one, one in several windows."""
    if whole.amount >= share_of:
        return type(whole)(whole.amount // share_of, whole.multiples)
    return type(whole)(1, whole.multiples * math.ceil(share_of / whole.amount))
