"""The cache in front of the catalogue."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from koda.domain.model.catalogue import Catalogue


class CatalogueCache(Protocol):
    """Keeps answers for a while. It never raises for its own sake: when down, everything loads."""

    @abstractmethod
    def get_or_load(self, key: str, load: Callable[[], Catalogue]) -> Catalogue:
        """Return the answer kept under `key`, or else what `load` returns, and keep that.

        Of many callers at once for the same key one loads and the others wait for it. What `load`
        raises reaches the caller and is not kept. An answer that was loading when `invalidate`
        was called is not kept for later callers.
        """

    @abstractmethod
    def invalidate(self) -> None:
        """Let every kept answer be forgotten, by every process that shares the marketplace."""
