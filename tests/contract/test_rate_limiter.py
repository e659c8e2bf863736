import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.testing.contracts.rate_limiter import RateLimiterContract


class TestMemoryRateLimiter(RateLimiterContract):
    @pytest.fixture
    def make(self) -> type[MemoryRateLimiter]:
        """Limits of one process."""
        return MemoryRateLimiter
