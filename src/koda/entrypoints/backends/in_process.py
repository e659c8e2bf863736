"""Cache and rate limits of one process, behind those of any kind."""

from koda.entrypoints.settings.settings import Settings
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.rate_limiter import RateLimiter


def local_cache(settings: Settings) -> CatalogueCache:
    """Return what keeps answers in this process."""
    from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache

    return MemoryCatalogueCache(settings.policy.catalogue_lifetime, room=settings.cache_bytes)


def local_limiter(settings: Settings) -> RateLimiter:
    """Return what counts in this process, which allows its share of a limit."""
    from koda.adapters.memory.rate_limiter import MemoryRateLimiter

    return MemoryRateLimiter(settings.limits.rates, share_of=settings.processes)
