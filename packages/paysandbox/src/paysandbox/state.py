"""Everything the sandbox knows, as JSON objects in one SQLite table."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from paysandbox.errors import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
)
"""

INDEXED = (
    "status",
    "state",
    "payment_intent",
    "charge",
    "transfer_group",
    "source_transaction",
    "_session",
    "_capture_at",
    "event",
    "requirements.current_deadline",
)
"""Fields that objects are looked up by: each has an index over all kinds."""

FIND = "SELECT body FROM objects WHERE kind = ?{wheres} ORDER BY seq {order}{limit}"


Condition = tuple[str, object]
"""An SQL condition over `body` with one `?`, and its value."""


def equals(fields: Mapping[str, object]) -> list[Condition]:
    """SQL conditions that top-level fields of `body` have these values, one `?` each."""
    return [(f"json_extract(body, '$.{name}') = ?", value) for name, value in fields.items()]


class State:
    """Objects by kind and id: what is put is kept, and read back as a fresh copy.

    All access is under one lock. Inside `transaction` either everything is kept or nothing; with a
    file as its `path`, what was kept outlives the process, however it ends (write-ahead log).
    """

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._waiting: list[Callable[[], None]] = []
        if path != ":memory:":
            # For its owner alone: it holds keys. SQLite gives its logs the same permissions.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.Error:
            self._database.close()
            raise

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(SCHEMA)
        for name in INDEXED:
            self._database.execute(
                f"CREATE INDEX IF NOT EXISTS [by_{name}]"
                f" ON objects (kind, json_extract(body, '$.{name}'))"
            )

    def close(self) -> None:
        """Close the file; nothing can be read afterwards."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside, or none if an exception leaves the block."""
        with self._lock:
            if self._depth:
                yield
                return
            waiting = self._run_outermost()
            with waiting:
                yield
            actions, self._waiting = self._waiting, []
        for action in actions:
            action()

    @contextmanager
    def _run_outermost(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._waiting.clear()
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        else:
            self._database.execute("COMMIT")
        finally:
            self._depth -= 1

    def when_kept(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction that is open has been kept; at once if none is."""
        with self._lock:
            if self._depth:
                self._waiting.append(action)
                return
        action()

    def get(self, kind: str, identifier: str) -> Json | None:
        """The object of that kind and id, or `None`."""
        query = "SELECT body FROM objects WHERE kind = ? AND id = ?"
        with self._lock:
            row = self._database.execute(query, (kind, identifier)).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, body: Json) -> Json:
        """Keep `body` under its `id`, in place of what was there, and return it."""
        query = (
            "INSERT INTO objects (kind, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
        )
        with self._lock:
            self._database.execute(query, (kind, body["id"], json.dumps(body)))
        return body

    def delete(self, kind: str, identifier: str) -> None:
        """Forget the object of that kind and id, if there is one."""
        with self._lock:
            self._database.execute(
                "DELETE FROM objects WHERE kind = ? AND id = ?", (kind, identifier)
            )

    def clear(self, kind: str) -> None:
        """Forget every object of that kind."""
        with self._lock:
            self._database.execute("DELETE FROM objects WHERE kind = ?", (kind,))

    def find(self, kind: str, **equal: object) -> list[Json]:
        """The objects of a kind whose top-level fields equal those given, oldest first."""
        return self._select(kind, equals(equal), order="ASC")

    def past(self, kind: str, path: str, moment: float, **equal: object) -> list[Json]:
        """Like `find`, and the value at a JSON path is `moment` or earlier."""
        wheres = [(f"json_extract(body, '$.{path}') <= ?", moment), *equals(equal)]
        return self._select(kind, wheres, order="ASC")

    def first(self, kind: str, **equal: object) -> Json | None:
        """The oldest object that `find` would give, or `None`."""
        return next(iter(self.find(kind, **equal)), None)

    def page(
        self,
        kind: str,
        wheres: list[Condition],
        *,
        limit: int,
        after: str | None = None,
        before: str | None = None,
        reverse: bool = False,
    ) -> list[Json]:
        """Up to `limit` objects, newest first.

        Args:
            kind: the kind of object.
            wheres: what they fulfil.
            limit: at most so many.
            after: only objects behind the one of this id.
            before: only the objects just before the one of this id.
            reverse: oldest first.
        """
        forward, back = ("ASC", "DESC") if reverse else ("DESC", "ASC")
        signs = {"ASC": ">", "DESC": "<"}
        there = "SELECT there.seq FROM objects there WHERE there.kind = objects.kind"
        position = "seq {} (" + there + " AND there.id = ?)"
        conditions = list(wheres)
        if after is not None:
            conditions.append((position.format(signs[forward]), after))
        if before is not None:
            conditions.append((position.format(signs[back]), before))
            return self._select(kind, conditions, order=back, limit=limit)[::-1]
        return self._select(kind, conditions, order=forward, limit=limit)

    def _select(
        self, kind: str, wheres: list[Condition], *, order: str, limit: int | None = None
    ) -> list[Json]:
        query = FIND.format(
            wheres="".join(f" AND {condition}" for condition, _ in wheres),
            order=order,
            limit="" if limit is None else f" LIMIT {limit:d}",
        )
        with self._lock:
            rows = self._database.execute(query, (kind, *(value for _, value in wheres)))
            return [json.loads(body) for (body,) in rows.fetchall()]
