"""Redis: one cache, and one count of what callers do, for all machines."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue, Refused, Unavailable
from koda.domain.model.sentences import verbatim
from koda.domain.model.validation import pattern
from koda.entrypoints.backends.in_process import local_limiter
from koda.entrypoints.backends.ports import CachePorts
from koda.entrypoints.backends.probe import Check, Readiness
from koda.entrypoints.backends.room import CacheRoom, Group
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    from koda.adapters.redis.server import RedisServer

TRIES = 5
"""How often a server is asked before it counts as down, as each answer must come in 50 ms."""


@frozen
class RedisSettings(ServiceSettings):
    """`KODA_REDIS_…`: the server, and what every key of this marketplace begins with."""

    section: ClassVar[str] = "redis"
    heading: ClassVar[str] = "Redis"

    url: SecretStr = setting(
        NO_SECRET,
        "the server, as `redis://:password@host:6379/0`, or `rediss://` with TLS; "
        "options of redis-py may follow as a query",
    )
    prefix: str = setting(
        "koda",
        "what every key begins with; marketplaces that share a server need different ones",
        pattern("[A-Za-z0-9_.-]{1,40}", verbatim("must be 1 to 40 letters, digits or _ . -")),
    )


class RedisRoom(CacheRoom):
    """A Redis, without which the site is only slower."""

    name = "redis"
    extra = "redis"
    group: ClassVar[Group] = RedisSettings
    about: ClassVar[Mapping[str, str]] = {
        "cache": "is shared by all machines, which then count the rate limits together, too"
    }
    remedy = (
        "see that KODA_REDIS_URL leads to a Redis which answers this machine within 50 ms and lets "
        "Koda run scripts, and write keys that begin with KODA_REDIS_PREFIX"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield whether the address is missing."""
        missing = not settings.of(RedisSettings).url.startswith(("redis://", "rediss://"))
        yield "REDIS_URL", missing, "must be set, as redis://… or rediss://…"

    @property
    def _own(self) -> RedisSettings:
        return self.site.settings.of(RedisSettings)

    @cached_property
    def server(self) -> "RedisServer":
        """The server, which is not connected to before it is needed.

        Raises:
            InvalidValue: the address cannot be used.
        """
        from koda.adapters.redis.server import make_server

        try:
            return make_server(self._own.url)
        except InvalidValue as error:
            raise InvalidValue(f"{PREFIX}REDIS_URL", error.problem) from error

    def cache(self) -> CachePorts:
        """Return the cache and the counts of all machines."""
        from koda.adapters.redis.catalogue_cache import RedisCatalogueCache
        from koda.adapters.redis.rate_limiter import RedisRateLimiter

        settings, prefix = self.site.settings, self._own.prefix
        return CachePorts(
            cache=RedisCatalogueCache(
                self.server,
                settings.policy.catalogue_lifetime,
                room=settings.cache_bytes,
                prefix=prefix,
            ),
            rate_limiter=RedisRateLimiter(
                settings.limits.rates, self.server, local_limiter(settings), prefix=prefix
            ),
        )

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the server is tried."""
        yield Check(slot, self.try_server, self.remedy, early=True)

    def try_server(self) -> str:
        """Write, read by a script and forget a key; a slow moment of this machine is no outage."""
        for tries_left in reversed(range(TRIES)):
            try:
                self.server.probe(self._own.prefix)
                break
            except Unavailable as error:
                if isinstance(error, Refused) or not tries_left:
                    raise type(error)(f"Redis server ({error.__cause__})") from error
        return "redis, written and read; rate limits are shared"

    def readiness(self, slot: str) -> Readiness:
        """Return how the server is asked."""
        server, prefix = self.server, self._own.prefix
        return Readiness(lambda: server.probe(prefix), needed=False)
