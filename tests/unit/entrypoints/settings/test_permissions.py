"""What a data directory holds is for its owner alone, even where the directory is not."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.memory.clock import FixedClock
from koda.adapters.sqlite.database import Database
from koda.entrypoints.health.checks import examine
from koda.entrypoints.settings.data_directory import make_data, wider
from koda.entrypoints.settings.settings import Settings
from koda.testing.examples import NOON, WORKFLOW, a_ticket
from paysandbox.state import State


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A directory that somebody made for everybody, in a process that lets everybody in."""
    before = os.umask(0)
    try:
        folder = tmp_path / "data"
        folder.mkdir(0o777)
        yield folder
    finally:
        os.umask(before)


def modes(data: Path) -> set[str]:
    """The permissions of everything in a directory."""
    return {f"{stat.S_IMODE(path.stat().st_mode):o}" for path in data.rglob("*")}


def test_database_and_its_logs_are_private(data: Path) -> None:
    """While it is open, when the logs are there, too."""
    database = Database(data / "koda.sqlite")
    with database.write() as connection:
        connection.execute("CREATE TABLE noted (id)")

        assert {file.name for file in data.iterdir()} >= {"koda.sqlite", "koda.sqlite-wal"}
        assert modes(data) == {"600"}
    database.close()


def test_files_and_their_folders_are_private(data: Path) -> None:
    """Pending ones, kept ones, and the folders around them."""
    files = DirectoryFiles(data / "files", base_url="", keys=[b"s" * 32], clock=FixedClock(NOON))
    ticket = evolve(a_ticket(), expires_at=NOON + timedelta(minutes=1))
    files.receive(ticket, WORKFLOW)
    files.keep(ticket)

    assert modes(data) == {"700", "400"}


def test_state_of_the_sandbox_is_private(data: Path) -> None:
    """Its keys lie in it."""
    state = State(str(data / "sandbox.sqlite"))
    state.put("meta", {"id": "keys"})

    assert modes(data) == {"600"}
    state.close()


def test_what_is_wider_is_named(data: Path) -> None:
    """The directory as a dot, and what lies in it by its path."""
    (data / "files").mkdir(0o750)
    (data / "files" / "readable").touch(0o604)
    (data / "secret-key").touch(0o600)

    assert wider(data) == [".", "files", "files/readable"]
    assert wider(data / "missing") == []


def test_fresh_directory_is_private(data: Path) -> None:
    """Nothing is found where Koda made all of it."""
    make_data(data / "own")
    Database(data / "own" / "koda.sqlite").close()

    assert wider(data / "own") == []


def test_doctor_tells_what_is_wider(data: Path) -> None:
    """With what to do; of many it names a few."""
    for number in range(5):
        (data / f"open-{number}").touch()
    settings = Settings(
        data=data,
        cache="sqlite",
        payments="memory",
        identity="memory",
    )

    (finding,) = [row for row in examine(settings) if row.service == "data"]
    data.chmod(0o700)
    for path in data.rglob("open-*"):
        path.unlink()
    (mended,) = [row for row in examine(settings) if row.service == "data"]

    assert (
        "open to others than its owner: the directory itself, open-0, open-1 and 3 more"
        in finding.detail
    )
    assert "chmod -R go=" in finding.remedy
    assert mended.error is None
