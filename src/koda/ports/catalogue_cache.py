"""The cache in front of the catalogue."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol


class CatalogueCache(Protocol):
    """Keeps finished answers for a while, and only so many bytes of them.

    It never raises for its own sake: when down, everything loads.
    """

    @abstractmethod
    def get_or_load(self, key: str, load: Callable[[], bytes]) -> bytes:
        """Return the answer kept under `key`, or else what `load` returns, and keep that.

        Of many callers at once for the same key one loads and the others wait for it. What `load`
        raises reaches the caller and is not kept. An answer that was loading when `invalidate`
        was called is not kept for later callers.

        The answers that are kept never take more bytes than the cache was given: those used
        longest ago make room, and one that would take more than an eighth of it is not kept.
        """

    @abstractmethod
    def invalidate(self) -> None:
        """Let every kept answer be forgotten, by every process that shares the marketplace."""
