"""Writing the catalogue's index anew."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.search.builds import BuildStep, IndexBuild


class IndexBuilder(Protocol):
    """Writes the entries of `CatalogueIndex` anew, from the automations that are kept.

    It may run while `Automations` writes, and in several processes at once: an entry is as its
    automation says after each step. Every method raises `Unavailable` while the store cannot be
    reached.
    """

    @abstractmethod
    def build(self) -> IndexBuild:
        """Return how far it came; a store that nobody began to write anew has the first version."""

    @abstractmethod
    def keep(self, build: IndexBuild) -> None:
        """Keep how far it came."""

    @abstractmethod
    def step(self, place: str, limit: int) -> BuildStep:
        """Write the entries of the next automations anew, at most `limit`, from `place` on.

        The first place is empty, each other one that of the step before. An automation that cannot
        be read keeps the entry that it has.
        """

    @abstractmethod
    def automations(self) -> int:
        """Return how many automations are kept, for sale or not; an estimate is enough."""
