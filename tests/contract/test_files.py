from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.testing.contracts.files_local import LocalFilesContract


class TestMemoryFiles(LocalFilesContract):
    @pytest.fixture
    def make(self, clock: FixedClock) -> Callable[[], MemoryFiles]:
        """Files in memory."""
        return lambda: MemoryFiles(clock)


class TestDirectoryFiles(LocalFilesContract):
    @pytest.fixture
    def make(self, clock: FixedClock, tmp_path: Path) -> Callable[[], DirectoryFiles]:
        """Files in a directory."""
        folders = (tmp_path / str(number) for number in count())
        return lambda: DirectoryFiles(
            next(folders), base_url="http://koda.test", secret=b"s" * 32, clock=clock
        )
