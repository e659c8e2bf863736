"""Upload tickets in memory."""

from datetime import datetime
from threading import Lock

from attrs import evolve

from koda.domain.model.errors import AlreadyExists, NotFound, StaleWrite
from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import UploadTicket
from koda.ports.uploads import Uploads


class MemoryUploads(Uploads):
    """All upload tickets of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tickets: dict[UploadId, UploadTicket] = {}

    def add(self, ticket: UploadTicket) -> None:
        with self._lock:
            if self._tickets.setdefault(ticket.id, ticket) is not ticket:
                raise AlreadyExists("upload", ticket.id)

    def get(self, upload_id: UploadId) -> UploadTicket:
        with self._lock:
            ticket = self._tickets.get(upload_id)
        if ticket is None:
            raise NotFound("upload", upload_id)
        return ticket

    def save(self, ticket: UploadTicket) -> UploadTicket:
        following = evolve(ticket, revision=ticket.revision + 1)
        with self._lock:
            stored = self._tickets.get(ticket.id)
            if stored is None or stored.revision != ticket.revision:
                raise StaleWrite("upload", ticket.id)
            self._tickets[ticket.id] = following
        return following

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            expired = [ticket.id for ticket in self._tickets.values() if ticket.expires_at < before]
            for upload_id in () if dry_run else expired:
                del self._tickets[upload_id]
        return len(expired)
