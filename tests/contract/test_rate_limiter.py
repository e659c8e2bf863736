from collections.abc import Mapping
from uuid import uuid4

import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.redis.rate_limiter import RedisRateLimiter
from koda.adapters.redis.server import RedisServer
from koda.ports.rate_limiter import RateLimiter
from koda.testing.contracts.rate_limiter import MakeRateLimiter, RateLimiterContract


class TestMemoryRateLimiter(RateLimiterContract):
    @pytest.fixture
    def make(self) -> type[MemoryRateLimiter]:
        """Limits of one process."""
        return MemoryRateLimiter


class TestRedisRateLimiter(RateLimiterContract):
    @pytest.fixture
    def make(self, redis_server: RedisServer) -> MakeRateLimiter:
        """Limits of the processes that share a Redis."""

        def make(rates: Mapping[str, str]) -> RateLimiter:
            nothing = MemoryRateLimiter({})
            return RedisRateLimiter(rates, redis_server, nothing, prefix=f"test-{uuid4()}")

        return make
