"""The inbox in memory."""

from datetime import datetime
from threading import Lock

from koda.adapters.memory.collection import newest_first
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent
from koda.ports.payment_inbox import PaymentInbox


class MemoryPaymentInbox(PaymentInbox):
    """All messages that came in to this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[EventId, InboxEntry] = {}
        self._payloads: dict[EventId, bytes] = {}

    def open(self, event: PaymentEvent, payload: bytes, now: datetime) -> InboxEntry:
        with self._lock:
            known = self._entries.get(event.id)
            entry = known.reopened() if known else InboxEntry.of(event, now)
            self._entries[event.id] = entry
            if known is None:
                self._payloads[event.id] = payload
            return entry

    def done(self, event_id: EventId) -> None:
        with self._lock:
            self._entries[event_id] = self._opened(event_id).done()

    def failed(self, event_id: EventId, problem: str) -> None:
        with self._lock:
            self._entries[event_id] = self._opened(event_id).failed(problem)

    def get(self, event_id: EventId) -> InboxEntry:
        with self._lock:
            return self._opened(event_id)

    def payload(self, event_id: EventId) -> bytes:
        with self._lock:
            payload = self._payloads.get(event_id)
        if payload is None:
            raise NotFound("payload of event", event_id)
        return payload

    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        state: EventState | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Page[InboxEntry]:
        with self._lock:
            entries = tuple(self._entries.values())
        wanted = (
            entry
            for entry in entries
            if state in {None, entry.state}
            and subject in {None, entry.subject}
            and (since is None or entry.received_at >= since)
        )
        return newest_first(wanted, limit, after)

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        with self._lock:
            waiting = [entry for entry in self._entries.values() if entry.waiting]
        waiting.sort(key=lambda entry: (entry.received_at, entry.event_id))
        return tuple(waiting[:limit])

    def drop_payloads(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            over = [event_id for event_id in self._over(before) if event_id in self._payloads]
            for event_id in () if dry_run else over:
                del self._payloads[event_id]
        return len(over)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            over = self._over(before)
            for event_id in () if dry_run else over:
                del self._entries[event_id]
                self._payloads.pop(event_id, None)
        return len(over)

    def _over(self, before: datetime) -> list[EventId]:
        return [
            entry.event_id
            for entry in self._entries.values()
            if not entry.waiting and entry.received_at < before
        ]

    def _opened(self, event_id: EventId) -> InboxEntry:
        entry = self._entries.get(event_id)
        if entry is None:
            raise NotFound("event", event_id)
        return entry
