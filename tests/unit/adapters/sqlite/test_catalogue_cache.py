import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.sqlite.catalogue_cache import SqliteCatalogueCache
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.catalogue_loads import Loader, an_answer

OTHER_PROCESS = """
import sys
from datetime import timedelta
from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.sqlite.catalogue_cache import SqliteCatalogueCache
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.catalogue_loads import Loader

local = MemoryCatalogueCache(timedelta(hours=1), room=2**20)
cache, load = SqliteCatalogueCache(Database(sys.argv[1]), local), Loader()
for line in sys.stdin:
    if line == "invalidate\\n":
        cache.invalidate()
    print(cache.get_or_load("key", load).decode(), flush=True)
"""


def a_cache(path: Path) -> SqliteCatalogueCache:
    """The cache of one process that shares the file."""
    return SqliteCatalogueCache(
        Database(path), MemoryCatalogueCache(timedelta(hours=1), room=2**20)
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the shared file lies."""
    return tmp_path / "koda.sqlite3"


def test_processes_forget_together(path: Path) -> None:
    """What one process invalidates, the others load again at their next question, and only then."""
    cache, load = a_cache(path), Loader()
    command = [sys.executable, "-c", OTHER_PROCESS, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asked, told = process.stdin, process.stdout
        assert asked is not None
        assert told is not None

        def other(line: str) -> str:
            asked.write(f"{line}\n")
            asked.flush()
            return told.readline().strip()

        assert [other("ask"), other("ask")] == ["answer 1", "answer 1"]
        assert cache.get_or_load("key", load) == an_answer(1)

        cache.invalidate()
        assert [other("ask"), other("ask")] == ["answer 2", "answer 2"]
        assert cache.get_or_load("key", load) == an_answer(2)

        assert other("invalidate") == "answer 3"
        assert cache.get_or_load("key", load) == an_answer(3)
        assert cache.get_or_load("key", load) == an_answer(3)
        asked.close()
        assert process.wait(60) == 0


def test_answer_that_was_loading_elsewhere_during_invalidate_is_not_kept(path: Path) -> None:
    """Another process's change during a load makes the answer old here, too."""
    first, other, load = a_cache(path), a_cache(path), Loader()

    def changed_meanwhile() -> bytes:
        other.invalidate()
        return load()

    assert first.get_or_load("key", changed_meanwhile) == an_answer(1)
    assert first.get_or_load("key", load) == an_answer(2)
    assert first.get_or_load("key", load) == an_answer(2)


def test_unreadable_file_lets_everything_load(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without the shared number nothing that may be old is answered, and nothing fails."""
    cache, load = a_cache(path), Loader()
    cache.get_or_load("key", load)
    database = Database(path)
    with database.write() as connection:
        connection.execute("DROP TABLE generations")

    assert cache.get_or_load("key", load) == an_answer(2)
    assert cache.get_or_load("key", load) == an_answer(3)
    cache.invalidate()
    assert len(caplog.messages) == 1
    assert "other processes show the old catalogue for a while" in caplog.messages[0]


def test_process_that_cannot_tell_others_forgets_all_the_same(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While another process holds the file, a change is at least seen where it was made."""
    local, load = MemoryCatalogueCache(timedelta(hours=1), room=2**20), Loader()
    cache = SqliteCatalogueCache(Database(path, busy_seconds=0.05), local)
    cache.get_or_load("key", load)

    with Database(path).write():
        cache.invalidate()

    assert cache.get_or_load("key", load) == an_answer(2)
    assert len(caplog.messages) == 1
