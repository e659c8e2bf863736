from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from koda.adapters.redis.server import RedisServer, make_server
from koda.adapters.sqlite.database import Database
from paysandbox import Sandbox
from tests.support.sandboxes import late_sandbox

NewDatabase = Callable[[], Database]


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes an SQLite file of its own at each call."""
    databases: list[Database] = []

    def make() -> Database:
        databases.append(Database(tmp_path / f"koda-{len(databases)}.sqlite3"))
        return databases[-1]

    yield make
    for database in databases:
        database.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A Stripe and a Clerk that refuse whatever the Stripe library's types refuse."""
    with late_sandbox() as sandbox:
        # What the marketplace refunds at its own cost is paid from money of its own.
        sandbox.top_up(1_000_000)
        yield sandbox


@pytest.fixture(scope="module")
def redis_server(redis_url: str) -> Iterator[RedisServer]:
    """A live Redis, which may take its time, so that a busy machine fails no test."""
    server = make_server(redis_url, timeout=timedelta(seconds=10))
    yield server
    server.client.close()
