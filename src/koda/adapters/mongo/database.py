"""The connection to one MongoDB database: how it is opened, used, shared with forks and closed."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any

from bson.errors import InvalidBSON
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database as PymongoDatabase
from pymongo.errors import (
    ConfigurationError,
    DocumentTooLarge,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)
from pymongo.monitoring import CommandListener

from koda.domain.model.errors import InvalidValue, Refused, Unavailable
from koda.domain.model.sentences import verbatim

Document = dict[str, Any]
_Client = MongoClient[Document]

TIMEOUT_MS = 2000
"""How long one operation may take in all: finding a server, its answer, and one more try."""

_REFUSALS = frozenset({13, 18, 8000})
"""Unauthorized and AuthenticationFailed, and Atlas's own code for the same
(https://www.mongodb.com/docs/manual/reference/error-codes/)."""
UNWRITABLE = UnicodeEncodeError
"""What is raised for a text that BSON cannot write: it has half of a surrogate pair."""


def connect(uri: str, listeners: Sequence[CommandListener] = ()) -> _Client:
    """Return a client of the servers at `uri`, which connects when it is first used.

    What it wrote is on the disks of a majority when it says so, and it reads what a majority has,
    so that a change of primary takes nothing back. Nothing in the address overrides that.
    `listeners` are told of every command, for those who trace or count.

    Raises:
        InvalidValue: it is no address of MongoDB's.
    """
    try:
        return MongoClient(
            uri,
            event_listeners=list(listeners),
            connect=False,
            appname="koda",
            tz_aware=True,
            timeoutMS=TIMEOUT_MS,
            serverSelectionTimeoutMS=TIMEOUT_MS,
            connectTimeoutMS=TIMEOUT_MS,
            wTimeoutMS=TIMEOUT_MS,
            w="majority",
            journal=True,
            readConcernLevel="majority",
            readPreference="primary",
            retryReads=True,
            retryWrites=True,
        )
    except (InvalidURI, ConfigurationError, ValueError) as error:
        # What the library says may repeat the password that stands in the address.
        problem = "is no MongoDB address such as mongodb://host:27017 or mongodb+srv://host"
        raise InvalidValue("store", verbatim(problem)) from error


class Database:
    """One database, shared by the threads of a process; a forked child opens its own connections.

    `connect` makes a client whenever one is needed: at the first use, after a fork (whose child
    must not speak on its parent's sockets) and after `close`.
    """

    def __init__(self, connect: Callable[[], _Client], name: str) -> None:
        self.name = name
        self._connect: Callable[[], _Client] = connect
        self._lock = Lock()
        self._client: _Client | None = None
        self._process = 0
        self._collections: dict[str, Collection[Document]] = {}

    @property
    def client(self) -> _Client:
        """The client of this process."""
        if self._client is None or self._process != os.getpid():
            with self._lock:
                if self._client is None or self._process != os.getpid():
                    self._client, self._process = self._connect(), os.getpid()
        return self._client

    @property
    def handle(self) -> PymongoDatabase[Document]:
        """The database as the library knows it."""
        return self.client[self.name]

    def collection(self, name: str) -> Collection[Document]:
        """One of its collections; the library makes them anew, which takes a while."""
        client, collection = self.client, self._collections.get(name)
        if collection is None or collection.database.client is not client:
            collection = self._collections[name] = client[self.name][name]
        return collection

    def close(self) -> None:
        """Close this process's connections; the next use opens new ones."""
        with self._lock:
            client, self._client = self._client, None
            if client is not None and self._process == os.getpid():
                client.close()


def open_database(uri: str, name: str) -> Database:
    """Return the database `name` of the servers at `uri`; none of them is asked yet.

    Raises:
        InvalidValue: it is no address of MongoDB's.
    """
    connect(uri).close()
    return Database(partial(connect, uri), name)


@contextmanager
def translated() -> Iterator[None]:
    """Tell what MongoDB cannot do now in Koda's words.

    Raises:
        Unavailable: it cannot be reached, took too long or will not.
        Refused: it does not know the user, or that one may not do this.
        InvalidValue: a document is larger than it keeps.
    """
    try:
        yield
    except OperationFailure as error:
        refused = error.code in _REFUSALS
        raise (Refused if refused else Unavailable)("store") from error
    except (PyMongoError, InvalidBSON) as error:
        raise Unavailable("store") from error
    except DocumentTooLarge as error:
        raise InvalidValue(
            "document", verbatim("is larger than the 16 MiB that the store keeps")
        ) from error
