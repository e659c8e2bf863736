"""Rate limits of all processes that share one Redis."""

import hashlib
import math
from collections.abc import Mapping

from limits import RateLimitItem, parse
from limits.storage import RedisStorage

from koda.adapters.redis.server import RedisServer
from koda.domain.model.errors import InvalidValue, TooMany, Unavailable
from koda.domain.model.sentences import verbatim
from koda.ports.rate_limiter import RateLimiter

GONE = -2
"""What Redis says of the end of a key that is not there."""


class RedisRateLimiter(RateLimiter):
    """Counts in windows that begin with a caller's first action, one window for all processes.

    `rates` maps an action to how often a caller may do it, such as `"20/minute"`. While Redis does
    not answer, `local` counts for this process alone. Every key begins with `prefix`; callers are
    hashed in it.
    """

    def __init__(
        self,
        rates: Mapping[str, str],
        server: RedisServer,
        local: RateLimiter,
        *,
        prefix: str = "koda",
    ) -> None:
        self._rates = {action: _window(action, rate) for action, rate in rates.items()}
        self._server = server
        self._local: RateLimiter = local
        # The pool knows the server's address; this one only tells the library which client to make.
        pool = server.client.connection_pool
        self._storage = RedisStorage(
            "redis://", connection_pool=pool, key_prefix=f"{prefix}:limits"
        )

    def check(self, action: str, caller: str) -> None:
        rate = self._rates.get(action)
        if rate is None:
            return
        who = hashlib.sha256(caller.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            wait = self._server.ask(lambda: self._count(rate, action, who))
        except Unavailable:
            self._local.check(action, caller)
            return
        if wait:
            raise TooMany(action, wait)

    def _count(self, rate: RateLimitItem, action: str, who: str) -> int:
        """Count once; return the seconds to wait, 0 if there is no need to."""
        key, lasts = rate.key_for(action, who), rate.get_expiry()
        count = self._storage.incr(key, lasts)
        if count < 1:
            raise ValueError(f"nobody can have done a thing {count} times")
        if count <= rate.amount:
            return 0
        left = int(self._server.client.pttl(self._storage.prefixed_key(key)))
        if left != GONE and not 0 <= left <= lasts * 1000:
            raise ValueError(f"a window of {rate} cannot last for {left} ms more")
        return max(1, math.ceil(left / 1000))


def _window(action: str, rate: str) -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError as error:
        raise InvalidValue(
            f"rates.{action}", verbatim("must be a rate such as 20/minute")
        ) from error
