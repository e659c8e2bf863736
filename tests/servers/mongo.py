"""A live MongoDB for the whole test run: SecantusDB from its wheel, or one that is named.

`KODA_TEST_MONGO_URI` names another server, a replica set; databases of random names are made
there, and dropped.
"""

import os
import random
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any, cast

import mongomock
import pytest
from attrs import define, field, frozen
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from koda.adapters.mongo.database import Database, Document, connect
from koda.adapters.mongo.records import Records
from koda.adapters.mongo.schema import models, prepare
from tests.servers.programs import find, lack

STARTS_WITHIN = 60.0
ENDS_WITHIN = 20.0
PORTS = range(20_000, 32_000)
"""Below those that the system gives to whoever asks for any, so that nobody is given this one."""
ATTEMPTS = 5
ADVICE = "no MongoDB: install the wheel `secantusdb`, or set KODA_TEST_MONGO_URI"


@define
class MongoServer:
    """A running server, and the databases that tests made in it.

    `real` tells MongoDB from its double, whose planner only says which index it reads.
    """

    uri: str
    real: bool = False
    _databases: list[Database] = field(factory=list)

    def new_database(self, *kinds: Records[Any]) -> Database:
        """An empty database of its own name; of `kept`, what belongs to it is prepared."""
        name = f"koda_test_{secrets.token_hex(8)}"
        client = self._databases[0].client if self._databases else connect(self.uri)
        database = Database(lambda: client, name)
        self._databases.append(database)
        for _ in prepare(database, kinds):
            pass
        return database

    def close(self) -> None:
        """Drop what was made in a server that stays, and let go of it."""
        for database in self._databases:
            if self.real:
                database.client.drop_database(database.name)
        if self._databases:
            self._databases[0].close()

    def variables(self, database: Database) -> dict[str, str]:
        """The settings of a marketplace whose store is `database`."""
        return {
            "KODA_STORE": "mongo",
            "KODA_CACHE": "memory",
            "KODA_MONGO_URI": self.uri,
            "KODA_MONGO_DATABASE": database.name,
        }


@frozen
class Program:
    """A running SecantusDB."""

    port: int
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"mongodb://127.0.0.1:{self.port}"

    def stop(self, *, kindly: bool = True) -> None:
        """End it: by asking, or as a power cut would."""
        if kindly:
            self.process.terminate()
        else:
            self.process.kill()
        self.process.wait(ENDS_WITHIN)


def start(folder: Path, port: int | None = None) -> Program:
    """Start SecantusDB on a free port, or again on `port`, with its files in `folder`.

    Every commit is on the disk before it is confirmed, as in MongoDB's journal. Where it is not
    installed, the test is skipped, and fails in CI.
    """
    executable = find("secantusd-py") or lack(ADVICE)
    for _ in range(ATTEMPTS):
        program = _started(executable, folder, port or random.choice(PORTS))  # noqa: S311 - no secret
        if _answers(program):
            return program
    raise AssertionError(f"SecantusDB does not start: {(folder / 'log').read_text()[-2000:]}")


def _started(executable: str, folder: Path, port: int) -> Program:
    options = ("--port", str(port), "--storage-path", str(folder / "data"), "--sync-on-commit")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [executable, *options, "--log-level", "WARNING"],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    return Program(port, folder, process)


def _answers(program: Program) -> bool:
    """Wait until it answers; false if it ended, since the port was taken."""
    waiting = Event()
    options: dict[str, Any] = {"serverSelectionTimeoutMS": 500, "directConnection": True}
    for _ in range(int(STARTS_WITHIN / 0.1)):
        if program.process.poll() is not None:
            return False
        client: MongoClient[dict[str, Any]] = MongoClient(program.uri, **options)
        with client, suppress(PyMongoError):
            client.admin.command("ping")
            return program.process.poll() is None
        waiting.wait(0.1)
    return False


@contextmanager
def running(folder: Path) -> Iterator[Program]:
    """Run SecantusDB with its files in `folder`."""
    program = start(folder)
    try:
        yield program
    finally:
        program.stop(kindly=False)


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """The server of this test run; without one the test is skipped, and fails in CI."""
    named = os.environ.get("KODA_TEST_MONGO_URI")
    if named:
        server = MongoServer(named, real=True)
        yield server
        server.close()
        return
    with running(tmp_path_factory.mktemp("mongo")) as program:
        server = MongoServer(program.uri)
        yield server
        server.close()


class _Serial:
    """A collection whose calls wait for each other, as those that write a document do at a server.

    mongomock looks for a document and writes it in two steps, between which another thread writes.
    """

    def __init__(self, collection: Collection[Document], lock: Lock) -> None:
        self._collection, self._lock = collection, lock

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._collection, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                return value(*arguments, **named)

        return call


class _SerialDatabase(Database):
    """A database in which one call is at work at a time."""

    def __init__(self, client: MongoClient[Document]) -> None:
        super().__init__(lambda: client, "koda_test")
        self._calls = Lock()

    def collection(self, name: str) -> Collection[Document]:
        """A collection whose calls wait for each other."""
        return cast("Collection[Document]", _Serial(super().collection(name), self._calls))


def mock_database(*kinds: Records[Any]) -> Database:
    """A database in the memory of this process, for speed.

    It is mongomock, which keeps unique indexes and the meaning of queries. It lacks: schema
    validation, sessions, write concerns, plans, and the refusal of an index that is not there.
    """
    client: MongoClient[Document] = mongomock.MongoClient(tz_aware=True)
    database = _SerialDatabase(client)
    for name in (stored.collection for stored in kinds):
        for model in models(name):
            # One by one: its `create_indexes` forgets to which documents an index is limited.
            options = dict(model.document)
            database.collection(name).create_index(list(options.pop("key").items()), **options)
    return database
