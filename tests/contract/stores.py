"""Where the suites of the stores find their handles: in memory, in SQLite and in MongoDB."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import frozen
from pymongo import MongoClient

from koda.adapters.mongo.database import Database as MongoDatabase
from koda.adapters.mongo.database import connect
from koda.adapters.sqlite.database import Database
from koda.testing.contracts.raw import RawStore
from tests.servers.mongo import MongoServer, mock_database

NOBODY_LISTENS = "mongodb://127.0.0.1:1"


@frozen
class SqliteRows(RawStore):
    """The rows of an SQLite file, with their documents."""

    path: Path

    def read(self, collection: str, identity: str) -> Mapping[str, object]:
        """The columns of a row."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(f"SELECT * FROM {collection} WHERE id = ?", (identity,))  # noqa: S608 - ours
            row = dict(rows.fetchone())
        return row | {"document": json.loads(row["document"])}


@frozen
class MongoDocuments(RawStore):
    """The documents of a MongoDB database."""

    database: MongoDatabase

    def read(self, collection: str, identity: str) -> Mapping[str, object]:
        """The document as the driver reads it."""
        document = self.database.collection(collection).find_one({"_id": identity})
        assert document is not None
        return document


class InMemory:
    """Fixtures of a store in the memory of one process."""

    adapter: ClassVar[Any]

    @pytest.fixture
    def make(self) -> Callable[[], object]:
        """Each in its own memory."""
        make: Callable[[], object] = self.adapter
        return make

    @pytest.fixture
    def again(self) -> Callable[[object], object]:
        """Nobody else reaches it."""
        return lambda store: store

    @pytest.fixture
    def broken(self) -> None:
        """Memory is never down."""


class InSqlite:
    """Fixtures of a store in an SQLite file; `adapter` makes one of a database."""

    adapter: ClassVar[Any]

    @pytest.fixture
    def databases(self) -> Iterator[dict[int, Database]]:
        """What was opened, by its store."""
        databases: dict[int, Database] = {}
        yield databases
        for database in databases.values():
            database.close()

    @pytest.fixture
    def make(
        self, new_database: Callable[[], Database], databases: dict[int, Database]
    ) -> Callable[[], object]:
        """Each in its own file."""
        return lambda: self._over(new_database(), databases)

    @pytest.fixture
    def again(self, databases: dict[int, Database]) -> Callable[[object], object]:
        """The same file, opened by connections of its own."""
        return lambda store: self._over(Database(databases[id(store)].path), databases)

    @pytest.fixture
    def broken(self, tmp_path: Path) -> object:
        """Where the file was is a folder."""
        database = Database(tmp_path / "broken.sqlite3")
        database.close()
        database.path.unlink()
        database.path.mkdir()
        store: object = self.adapter(database)
        return store

    @pytest.fixture
    def raw(self, databases: dict[int, Database]) -> Callable[[object], SqliteRows]:
        """The rows of the file."""
        return lambda store: SqliteRows(databases[id(store)].path)

    def _over(self, database: Database, databases: dict[int, Database]) -> object:
        store: object = self.adapter(database)
        databases[id(store)] = database
        return store


class _InMongo:
    """What both kinds of MongoDB share; `adapter` makes a store of a database."""

    adapter: ClassVar[Any]
    records: ClassVar[Any]

    @pytest.fixture
    def databases(self) -> dict[int, MongoDatabase]:
        """What was opened, by its store."""
        return {}

    @pytest.fixture
    def raw(self, databases: dict[int, MongoDatabase]) -> Callable[[object], MongoDocuments]:
        """The documents of the database."""
        return lambda store: MongoDocuments(databases[id(store)])

    def _over(self, database: MongoDatabase, databases: dict[int, MongoDatabase]) -> object:
        store: object = self.adapter(database)
        databases[id(store)] = database
        return store


class InMongomock(_InMongo):
    """Fixtures of a store in mongomock."""

    @pytest.fixture
    def make(self, databases: dict[int, MongoDatabase]) -> Callable[[], object]:
        """Each in the memory of a client of its own."""
        return lambda: self._over(mock_database(*self.records), databases)

    @pytest.fixture
    def again(self, databases: dict[int, MongoDatabase]) -> Callable[[object], object]:
        """The same client, whose memory is nobody else's."""
        return lambda store: self._over(databases[id(store)], databases)

    @pytest.fixture
    def broken(self) -> None:
        """Memory is never down; `InMongo` asks the same adapter."""


class InMongo(_InMongo):
    """Fixtures of a store in a live MongoDB; `InMongomock` tries more of the same adapter."""

    histories: ClassVar[int] = 4

    @pytest.fixture
    def make(
        self, mongo_server: MongoServer, databases: dict[int, MongoDatabase]
    ) -> Callable[[], object]:
        """Each in a database of its own."""
        return lambda: self._over(mongo_server.new_database(*self.records), databases)

    @pytest.fixture
    def again(
        self, mongo_server: MongoServer, databases: dict[int, MongoDatabase]
    ) -> Iterator[Callable[[object], object]]:
        """The same database, by the connections of another client."""
        client = connect(mongo_server.uri)

        def again(store: object) -> object:
            name = databases[id(store)].name
            return self._over(MongoDatabase(lambda: client, name), databases)

        yield again
        client.close()

    @pytest.fixture
    def broken(self) -> Iterator[object]:
        """A port at which nobody listens."""
        client: MongoClient[dict[str, Any]] = MongoClient(
            NOBODY_LISTENS, serverSelectionTimeoutMS=0
        )
        yield self.adapter(MongoDatabase(lambda: client, "koda_test"))
        client.close()
