"""Writing the catalogue's index in memory anew."""

from koda.adapters.memory.automations import MemoryAutomations
from koda.domain.search.builds import BuildStep, IndexBuild
from koda.ports.index_builder import IndexBuilder


class MemoryIndexBuilder(IndexBuilder):
    """Puts what `automations` hold into their index again."""

    def __init__(self, automations: MemoryAutomations) -> None:
        self._automations = automations
        self._build = IndexBuild()

    def build(self) -> IndexBuild:
        return self._build

    def keep(self, build: IndexBuild) -> None:
        self._build = build

    def step(self, place: str, limit: int) -> BuildStep:
        written = self._automations.reindex(place, limit)
        following = written[-1] if len(written) == limit else None
        return BuildStep(following, len(written))

    def automations(self) -> int:
        return self._automations.count()
