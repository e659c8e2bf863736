"""Connections to one SQLite file: one a thread and process, and none across a fork."""

import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock, local

from attrs import define, field

FORK_PATIENCE = 30.0
"""How many seconds a fork waits for other threads to finish what they do in the file."""


@define(eq=False)
class Handle:
    """A thread's connection; closed when the thread is gone, before a fork, or by `close`."""

    connection: sqlite3.Connection
    _finalizer: "weakref.finalize[[], Handle]" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._finalizer = weakref.finalize(self, self.connection.close)

    @property
    def usable(self) -> bool:
        """Whether it is open, and was opened by this process."""
        return self._finalizer.alive

    def close(self) -> None:
        """Close the connection; a repeat changes nothing."""
        self._finalizer()

    def abandon(self) -> sqlite3.Connection:
        """Return the connection of another process, never to be used or closed here."""
        self._finalizer.detach()
        return self.connection


class Connections:
    """Lends each thread its own connection, made by `connect` when it is first needed.

    SQLite forbids to carry a connection into a forked process, and even a new connection there
    would share the locks that the parent is remembered to hold (sqlite.org/howtocorrupt.html,
    2.6). So before a fork the threads finish what they do, every connection is closed, and both
    processes open new ones. Only a thread that forks in the middle of its own work keeps its
    connection; its child leaves that one alone.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._mine = local()
        self._handles: weakref.WeakSet[Handle] = weakref.WeakSet()
        self._gate = Condition()
        self._lent = 0
        _everyone.add(self)

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread its connection; nested loans are of the same one."""
        with self._gate:
            self._lent += 1
        self._mine.loans = self._loans() + 1
        try:
            yield self._handle().connection
        finally:
            self._mine.loans -= 1
            with self._gate:
                self._lent -= 1
                self._gate.notify_all()

    def close(self) -> None:
        """Wait for the other threads' loans to end, then close every connection."""
        with self._gate:
            self._close_idle()

    def before_fork(self) -> None:
        """Close what is idle, and lend nothing until the fork is over."""
        self._gate.acquire()
        self._close_idle()

    def after_fork_in_parent(self) -> None:
        """Lend again."""
        self._gate.release()

    def after_fork_in_child(self) -> None:
        """Forget what only the parent may use, and lend again."""
        _inherited.extend(handle.abandon() for handle in self._handles if handle.usable)
        self._handles = weakref.WeakSet()
        self._lent = self._loans()
        self._gate.release()

    def _loans(self) -> int:
        return getattr(self._mine, "loans", 0)

    def _close_idle(self) -> None:
        own = self._loans()
        if self._gate.wait_for(lambda: self._lent == own, FORK_PATIENCE) and not own:
            for handle in list(self._handles):
                handle.close()

    def _handle(self) -> Handle:
        handle: Handle | None = getattr(self._mine, "handle", None)
        if handle is None or not handle.usable:
            handle = Handle(self._connect())
            self._mine.handle = handle
            with self._gate:
                self._handles.add(handle)
        return handle


_everyone: weakref.WeakSet[Connections] = weakref.WeakSet()
_inherited: list[sqlite3.Connection] = []
_forking = Lock()
_held: list[Connections] = []


def _before_fork() -> None:
    _forking.acquire()
    _held.extend(_everyone)
    for connections in _held:
        connections.before_fork()


def _after_fork(step: Callable[[Connections], None]) -> None:
    for connections in _held:
        step(connections)
    _held.clear()
    _forking.release()


os.register_at_fork(
    before=_before_fork,
    after_in_parent=lambda: _after_fork(Connections.after_fork_in_parent),
    after_in_child=lambda: _after_fork(Connections.after_fork_in_child),
)
