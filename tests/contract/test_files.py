from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.s3.client import Bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.system.clock import now
from koda.ports.files import Files
from koda.testing.contracts.files import FilesContract
from koda.testing.contracts.files_local import LocalFilesContract
from tests.contract.s3_world import HttpClient, let_pass
from tests.servers.s3 import empty


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
            next(folders), base_url="http://koda.test", keys=[b"s" * 32], clock=clock
        )


class TestS3Files(FilesContract):
    lifetime = timedelta(seconds=3)

    @pytest.fixture
    def make(self, s3_bucket: Bucket) -> Callable[[], S3Files]:
        """Files in a bucket of a live server, which is emptied for each store."""

        def make() -> S3Files:
            empty(s3_bucket)
            return S3Files(s3_bucket, now)

        return make

    @pytest.fixture
    def now(self) -> datetime:
        """The server's time is real."""
        return now()

    @pytest.fixture
    def pass_until(self) -> Callable[[datetime], None]:
        """Real time is waited for."""
        return let_pass

    def client_of(self, files: Files) -> HttpClient:
        """A client that asks the server itself."""
        return HttpClient()
