import pytest

from koda.adapters.memory.ids import CountingIds
from koda.adapters.system.ids import SortableIds
from koda.testing.contracts.ids import IdsContract


class TestSortableIds(IdsContract):
    @pytest.fixture
    def make(self) -> type[SortableIds]:
        """Ids from the time and chance."""
        return SortableIds


class TestCountingIds(IdsContract):
    @pytest.fixture
    def make(self) -> type[CountingIds]:
        """Ids that count."""
        return CountingIds
