import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest

from koda.adapters.sqlite.connections import Connections

FORKING = """
import os, sys
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.grants import SqliteGrants
from koda.testing.examples import a_grant

database = Database(sys.argv[1])
grants = SqliteGrants(database)
grants.record(a_grant("grt_0"))
children = []
for number in range(1, 4):
    child = os.fork()
    if not child:
        for repeat in range(5):
            grants.record(a_grant(f"grt_{number}_{repeat}"))
        sys.exit(0)
    children.append(child)
    grants.record(a_grant(f"grt_0_{number}"))
codes = [os.waitpid(child, 0)[1] for child in children]
with database.read() as connection:
    healthy = connection.execute("PRAGMA integrity_check").fetchone()[0]
print(codes, len(grants.of_purchase(a_grant().purchase_id)), healthy)
"""


@pytest.fixture
def opened() -> list[sqlite3.Connection]:
    """What was opened so far."""
    return []


@pytest.fixture
def connections(path: Path, opened: list[sqlite3.Connection]) -> Iterator[Connections]:
    """Connections to a file."""

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(path, check_same_thread=False))
        return opened[-1]

    connections = Connections(connect)
    yield connections
    connections.close()
    for connection in opened:
        connection.close()


def is_open(connection: sqlite3.Connection) -> bool:
    """Whether it still answers."""
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def test_a_thread_keeps_its_connection(connections: Connections) -> None:
    """From loan to loan, and in a loan within a loan."""
    with connections.lend() as first, connections.lend() as second:
        pass
    with connections.lend() as third:
        assert first is second is third


def test_each_thread_has_its_own(connections: Connections) -> None:
    """And it is closed once the thread is gone."""
    with connections.lend() as mine, ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(lambda: connections.lend().__enter__()).result(30)

    assert mine is not theirs
    assert is_open(mine)
    assert not is_open(theirs)


def test_close_waits_for_other_threads(connections: Connections) -> None:
    """Then every connection is closed, and the next loan opens a new one."""
    lent, done = Event(), Event()
    seen: list[bool] = []

    def work() -> None:
        with connections.lend() as connection:
            lent.set()
            assert done.wait(30)
            seen.append(is_open(connection))

    worker = Thread(target=work)
    worker.start()
    assert lent.wait(30)
    closer = Thread(target=connections.close)
    closer.start()
    done.set()
    closer.join(30)
    worker.join(30)

    assert seen == [True]
    with connections.lend() as connection:
        assert is_open(connection)


def test_a_fork_finds_no_connection_open(
    connections: Connections, opened: list[sqlite3.Connection]
) -> None:
    """Parent and child open new ones."""
    with connections.lend():
        pass
    connections.before_fork()

    assert not is_open(opened[0])
    connections.after_fork_in_parent()
    with connections.lend() as connection:
        assert is_open(connection)


def test_nothing_is_lent_during_a_fork(connections: Connections) -> None:
    """A thread that asks meanwhile gets its connection afterwards."""
    connections.before_fork()
    waiting = Thread(target=lambda: connections.lend().__enter__())
    waiting.start()
    waiting.join(0.05)

    assert waiting.is_alive()
    connections.after_fork_in_parent()
    waiting.join(30)
    assert not waiting.is_alive()


def test_the_child_of_a_busy_thread_leaves_its_connection_alone(
    connections: Connections, opened: list[sqlite3.Connection]
) -> None:
    """It neither closes nor uses what is the parent's."""
    with connections.lend() as parents:
        connections.before_fork()
        connections.after_fork_in_child()
        with connections.lend() as childs:
            assert childs is not parents
    connections.close()

    assert [is_open(connection) for connection in opened] == [True, False]


def test_forked_processes_share_the_file(path: Path) -> None:
    """Three children and their parent write at once, and nothing is lost."""
    result = subprocess.run(
        [sys.executable, "-c", FORKING, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert result.stdout == "[0, 0, 0] 19 ok\n"
