"""How often a caller may do a thing."""

from abc import abstractmethod
from typing import Protocol


class RateLimiter(Protocol):
    """Counts what callers do. Its own failure lets them through."""

    @abstractmethod
    def check(self, action: str, caller: str) -> None:
        """Count one `action` of `caller`; an action without a limit always passes.

        Raises:
            TooMany: over the action's limit, with the seconds after which it passes again.
        """
