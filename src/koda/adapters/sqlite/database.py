"""The one SQLite file: how it is opened, read and written."""

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from koda.adapters.sqlite.connections import Connections
from koda.adapters.sqlite.schema import MIGRATIONS, Migration
from koda.domain.model.errors import InvalidValue, KodaError, Unavailable
from koda.domain.model.sentences import verbatim

BUSY_SECONDS = 5.0
OLDEST = (3, 37)
"""The version of SQLite that first knew strict tables."""


class Database:
    """One SQLite file, shared by the threads and processes of one machine.

    It is made for its owner alone if it is missing, opened, and brought to this version's schema,
    at once; its folder must exist.
    What is written is on the disk when `write` ends, whatever happens to the process or the
    machine then. `busy_seconds` is how long a caller waits for others to finish writing.

    Raises:
        InvalidValue: the file was written by a newer Koda, or this SQLite cannot do what is
            needed.
        Unavailable: the file cannot be opened, or is no SQLite file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        migrations: Sequence[Migration] = MIGRATIONS,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.path: Path = Path(path).absolute()
        self._busy_seconds = busy_seconds
        self._connections = Connections(self._connect)
        self._writing = Lock()
        try:
            _make_private(self.path)
            self._prepare(migrations)
        except KodaError:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one state of the file, whatever others write meanwhile.

        Raises:
            Unavailable: the file cannot be read now.
        """
        with _translated(), self._connections.lend() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that alone writes; all of it is kept at the end, or nothing.

        Raises:
            Unavailable: the file cannot be written now; nothing has changed.
        """
        with _translated(), self._connections.lend() as connection, self._turn():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.rollback()

    def close(self) -> None:
        """Close the connections of all threads; the next use opens new ones."""
        self._connections.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let the threads of this process write one after the other, without polling the file."""
        if not self._writing.acquire(timeout=self._busy_seconds):
            raise Unavailable("store")
        try:
            yield
        finally:
            self._writing.release()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, migrations: Sequence[Migration]) -> None:
        with _translated(), self._connections.lend() as connection:
            modules = {name for (name,) in connection.execute("PRAGMA module_list")}
            check_library(modules, sqlite3.sqlite_version_info)
            self._keep_log_apart(connection)
            migrate(connection, migrations, self.path)

    def _keep_log_apart(self, connection: sqlite3.Connection) -> None:
        """Switch the file to a write-ahead log, for good.

        SQLite does not wait for others at this step, so that it is tried again while they open
        the file, too.
        """
        deadline = monotonic() + self._busy_seconds
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if monotonic() > deadline:
                    raise
                sleep(0.01)
            else:
                return


def check_library(modules: Collection[str], version: tuple[int, ...]) -> None:
    """Refuse an SQLite without text search or strict tables (sqlite.org/stricttables.html)."""
    if version < OLDEST:
        raise InvalidValue(
            "store",
            verbatim("this Python's SQLite is older than 3.37; use a newer one, or another store"),
        )
    if "fts5" not in modules:
        raise InvalidValue(
            "store",
            verbatim("this Python's SQLite lacks FTS5; use a build that has it, or another store"),
        )


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    """Take the file to the version that `migrations` lead to, all at once.

    Raises:
        InvalidValue: the file is of a later version.
    """
    newest = len(migrations)
    if _version(connection) == newest:
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        current = _version(connection)
        if current > newest:
            raise InvalidValue(
                "store",
                verbatim(
                    f"{path} has schema {current}, newer than this Koda's {newest}; "
                    "upgrade Koda, or choose another file"
                ),
            )
        for statement in chain.from_iterable(migrations[current:]):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = " + str(newest))
        connection.execute("COMMIT")
    finally:
        connection.rollback()


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _make_private(path: Path) -> None:
    """Make the file, if it is missing, for its owner alone; its logs get the same permissions."""
    try:
        # One that is there is not opened: to close it would take this process's locks away.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise Unavailable("store") from error


@contextmanager
def _translated() -> Iterator[None]:
    """Tell what SQLite cannot do now in Koda's words; what a caller did wrong stays as it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise Unavailable("store") from error
