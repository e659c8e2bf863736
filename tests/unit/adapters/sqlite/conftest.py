from collections.abc import Iterator
from pathlib import Path

import pytest

from koda.adapters.sqlite.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file lies."""
    return tmp_path / "koda.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """A new file that does not wait long for others."""
    database = Database(path, busy_seconds=0.05)
    yield database
    database.close()
