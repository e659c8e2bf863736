import pytest

from koda.adapters.console.notices import ConsoleNotices
from koda.adapters.memory.notices import MemoryNotices
from koda.testing.contracts.notices import NoticesContract


class TestMemoryNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[MemoryNotices]:
        """Notices that are kept."""
        return MemoryNotices


class TestConsoleNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[ConsoleNotices]:
        """Notices in the log."""
        return ConsoleNotices
