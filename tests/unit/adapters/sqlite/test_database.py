import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from koda.adapters.sqlite.database import Database, check_library
from koda.domain.model.errors import InvalidValue, Unavailable

PUT = "INSERT INTO generations VALUES (?, ?)"
ALL = "SELECT name, number FROM generations ORDER BY name"


def kept(database: Database) -> list[tuple[str, int]]:
    """What the file holds."""
    with database.read() as connection:
        return connection.execute(ALL).fetchall()


def interrupted(database: Database) -> None:
    """Write something, and stop in the middle."""
    with database.write() as connection:
        connection.execute(PUT, ("one", 1))
        raise InterruptedError


def test_what_was_written_is_there_after_reopening(database: Database, path: Path) -> None:
    """Closing loses nothing, and the closed database opens again by itself."""
    with database.write() as connection:
        connection.execute(PUT, ("one", 1))
    database.close()

    assert [("one", 1)] == kept(Database(path)) == kept(database)


def test_commits_wait_for_the_disk(database: Database) -> None:
    """A write-ahead log that is synchronised at each commit survives a power loss."""
    with database.read() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    """All or nothing, and the next write goes on."""
    with pytest.raises(InterruptedError):
        interrupted(database)

    assert kept(database) == []
    with database.write() as connection:
        connection.execute(PUT, ("two", 2))
    assert kept(database) == [("two", 2)]


def test_a_read_sees_one_state(database: Database, path: Path) -> None:
    """What others write meanwhile is seen by the next read."""
    with database.read() as connection:
        before = connection.execute(ALL).fetchall()
        with Database(path).write() as other:
            other.execute(PUT, ("one", 1))

        assert connection.execute(ALL).fetchall() == before == []
    assert kept(database) == [("one", 1)]


def test_what_a_caller_did_wrong_is_not_hidden(database: Database) -> None:
    """A broken rule or a wrong call is no outage."""
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.execute(PUT, (None, 1))
    with pytest.raises(sqlite3.ProgrammingError), database.read() as connection:
        connection.execute(ALL, (1, 2, 3))


# --- what is not possible now ------------------------------------------------------------


def test_a_file_locked_by_another_process_is_unavailable(database: Database, path: Path) -> None:
    """Writers give up after a while, readers read on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Unavailable) as caught, database.write():
            pytest.fail("it is locked")
        assert (caught.value.service, type(caught.value.__cause__)) == (
            "store",
            sqlite3.OperationalError,
        )
        assert kept(database) == []


def test_a_thread_that_writes_for_long_makes_others_unavailable(database: Database) -> None:
    """They do not queue for ever."""
    writing, done = Event(), Event()

    def write() -> None:
        with database.write():
            writing.set()
            assert done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(write)
        assert writing.wait(30)
        with pytest.raises(Unavailable), database.write():
            pytest.fail("another thread writes")
        done.set()
        long.result(30)
    with database.write() as connection:
        connection.execute(PUT, ("one", 1))


@pytest.mark.parametrize(
    ("limit", "lifted"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"),
        ("PRAGMA query_only = TRUE", "PRAGMA query_only = FALSE"),
    ],
    ids=["full", "read-only"],
)
def test_a_full_or_read_only_disk_is_unavailable(
    database: Database, limit: str, lifted: str
) -> None:
    """Nothing is half done, and all goes on once there is room."""
    with database.read() as connection:
        connection.execute(limit)
    with pytest.raises(Unavailable), database.write() as connection:
        connection.executemany(PUT, ((f"{number:01000}", number) for number in range(100)))

    assert kept(database) == []
    with database.read() as connection:
        connection.execute(lifted)
    with database.write() as connection:
        connection.execute(PUT, ("one", 1))
    assert kept(database) == [("one", 1)]


def no_database(path: Path) -> None:
    """Something else lies there."""
    path.write_bytes(b"This is a letter, and no database. " * 100)


def folder(path: Path) -> None:
    """A folder lies there."""
    path.mkdir()


def damaged(path: Path) -> None:
    """A part of the file was overwritten."""
    with closing(Database(path)):
        pass
    content = bytearray(path.read_bytes())
    content[100:5000] = b"\xff" * 4900
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [no_database, folder, damaged])
def test_what_is_no_database_is_unavailable(path: Path, spoil: Callable[[Path], None]) -> None:
    """It is left as it is."""
    spoil(path)

    with pytest.raises(Unavailable):
        Database(path)


def test_a_missing_folder_is_unavailable(path: Path) -> None:
    """Koda does not guess where its data should be."""
    with pytest.raises(Unavailable):
        Database(path / "koda.sqlite3")


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_new_file_that_is_locked_is_unavailable(path: Path, lock: str) -> None:
    """Reading it, or the switch to a write-ahead log, is tried until time is up."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(lock)

        with pytest.raises(Unavailable):
            Database(path, busy_seconds=0.05)
    Database(path).close()


def test_an_sqlite_that_lacks_something_is_refused() -> None:
    """At the start, with what to do."""
    with pytest.raises(InvalidValue, match="FTS5"):
        check_library({"fts3", "rtree"}, (3, 40, 1))
    with pytest.raises(InvalidValue, match=r"older than 3\.37"):
        check_library({"fts5", "rtree"}, (3, 36, 0))
    check_library({"fts5", "rtree"}, (3, 37, 0))


# --- migrations --------------------------------------------------------------------------

FIRST = ("CREATE TABLE notes (text TEXT)", "INSERT INTO notes VALUES ('kept')")
SECOND = ("ALTER TABLE notes ADD COLUMN length INTEGER", "UPDATE notes SET length = length(text)")
THIRD = ("CREATE INDEX notes_length ON notes (length)",)
STEPS = (FIRST, SECOND, THIRD)


def version(path: Path) -> int:
    """The version that the file says it has."""
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


@pytest.mark.parametrize("earlier", range(4))
def test_a_file_of_any_earlier_version_is_migrated(path: Path, earlier: int) -> None:
    """With what it held."""
    Database(path, migrations=STEPS[:earlier]).close()
    assert version(path) == earlier

    with closing(Database(path, migrations=STEPS)) as database:
        assert version(path) == 3
        with database.read() as connection:
            assert connection.execute("SELECT * FROM notes").fetchall() == [("kept", 4)]


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    """It says which, and what to do, and does not touch the file."""
    Database(path, migrations=STEPS).close()

    with pytest.raises(InvalidValue, match=r"schema 3, newer than this Koda's 2; upgrade Koda"):
        Database(path, migrations=STEPS[:2])
    assert version(path) == 3


def test_a_migration_that_fails_leaves_the_earlier_version(path: Path) -> None:
    """All steps or none."""
    Database(path, migrations=STEPS[:1]).close()

    with pytest.raises(Unavailable):
        Database(path, migrations=(FIRST, SECOND, ("CREATE TABLE notes (text)",)))
    assert version(path) == 1
    Database(path, migrations=STEPS).close()
    assert version(path) == 3
