"""The audit log in memory."""

from threading import Lock

from attrs import evolve

from koda.adapters.memory.collection import newest_first
from koda.domain.model.audit import AuditEntry, AuditOutcome, AuditSubject
from koda.domain.model.identifiers import AuditId, UserId
from koda.domain.model.paging import Cursor, Page
from koda.ports.audit_log import AuditLog


class MemoryAuditLog(AuditLog):
    """All entries of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[AuditId, AuditEntry] = {}

    def append(self, entry: AuditEntry) -> None:
        with self._lock:
            self._entries.setdefault(entry.id, entry)

    def settle(self, entry_id: AuditId, outcome: AuditOutcome) -> None:
        with self._lock:
            entry = self._entries.get(entry_id)
            if entry is not None and entry.outcome is AuditOutcome.BEGUN:
                self._entries[entry_id] = evolve(entry, outcome=outcome)

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        subject: AuditSubject | None = None,
        actor: UserId | None = None,
    ) -> Page[AuditEntry]:
        with self._lock:
            entries = tuple(self._entries.values())
        wanted = (
            entry
            for entry in entries
            if subject in {None, entry.subject} and actor in {None, entry.actor}
        )
        return newest_first(wanted, limit, after)
