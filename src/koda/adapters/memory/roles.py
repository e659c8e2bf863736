"""Roles in memory."""

from threading import Lock

from attrs import evolve

from koda.domain.model.errors import StaleWrite
from koda.domain.model.roles import Roster
from koda.ports.roles import Roles


class MemoryRoles(Roles):
    """The roster of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._roster = Roster()

    def roster(self) -> Roster:
        with self._lock:
            return self._roster

    def save(self, roster: Roster) -> Roster:
        with self._lock:
            if roster.revision != self._roster.revision:
                raise StaleWrite("roster", roster.id)
            self._roster = evolve(roster, revision=roster.revision + 1)
            return self._roster
