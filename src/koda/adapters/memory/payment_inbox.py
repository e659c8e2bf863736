"""The inbox in memory."""

from datetime import datetime
from threading import Lock

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry, PaymentEvent
from koda.ports.payment_inbox import PaymentInbox


class MemoryPaymentInbox(PaymentInbox):
    """All messages that came in to this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[EventId, InboxEntry] = {}

    def open(self, event: PaymentEvent, now: datetime) -> InboxEntry:
        with self._lock:
            known = self._entries.get(event.id)
            entry = known.reopened() if known else InboxEntry.of(event, now)
            self._entries[event.id] = entry
            return entry

    def done(self, event_id: EventId) -> None:
        with self._lock:
            self._entries[event_id] = self._opened(event_id).done()

    def failed(self, event_id: EventId, problem: str) -> None:
        with self._lock:
            self._entries[event_id] = self._opened(event_id).failed(problem)

    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        with self._lock:
            waiting = [entry for entry in self._entries.values() if entry.waiting]
        waiting.sort(key=lambda entry: (entry.received_at, entry.event_id))
        return tuple(waiting[:limit])

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            over = [
                entry.event_id
                for entry in self._entries.values()
                if not entry.waiting and entry.received_at < before
            ]
            for event_id in () if dry_run else over:
                del self._entries[event_id]
        return len(over)

    def _opened(self, event_id: EventId) -> InboxEntry:
        entry = self._entries.get(event_id)
        if entry is None:
            raise NotFound("event", event_id)
        return entry
