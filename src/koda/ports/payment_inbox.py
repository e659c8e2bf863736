"""The inbox of the payment provider's messages."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from koda.domain.model.identifiers import EventId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import EventState, InboxEntry, PaymentEvent


class PaymentInbox(Protocol):
    """Every verified message that came in, and what became of it.

    An entry is `open` from its first `open` on, so that one whose handling was cut off is found
    again; `done` is final. The payload is kept beside the entry, which lists read without it, until
    `drop_payloads`. Every method raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def open(self, event: PaymentEvent, payload: bytes, now: datetime) -> InboxEntry:
        """Begin to handle `event`; return its entry.

        A new message is kept as open, received `now`, with one attempt and its `payload` as it
        came. One that is kept counts one more attempt and is open again with the payload that came
        first, but a done one is returned unchanged.
        """

    @abstractmethod
    def done(self, event_id: EventId) -> None:
        """Mark an entry as done; a repeat changes nothing.

        Raises:
            NotFound: it was never opened.
        """

    @abstractmethod
    def failed(self, event_id: EventId, problem: str) -> None:
        """Mark an entry as failed, with the problem (a sentence); a done one stays done.

        Raises:
            NotFound: it was never opened.
        """

    @abstractmethod
    def get(self, event_id: EventId) -> InboxEntry:
        """Return an entry.

        Raises:
            NotFound: it was never opened, or is forgotten.
        """

    @abstractmethod
    def payload(self, event_id: EventId) -> bytes:
        """Return the bytes of a message as they first came.

        Raises:
            NotFound: it was never opened, or its payload is kept no longer.
        """

    @abstractmethod
    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        state: EventState | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Page[InboxEntry]:
        """Return entries, latest received first, then by id descending.

        All of them, or those in a state, about a subject, or received at `since` (UTC) or later.
        `after` is the place `(received_at in ms, event_id)`, as is `next_place`.
        """

    @abstractmethod
    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        """Return at most `limit` entries that are open or failed, oldest received first, by id."""

    @abstractmethod
    def drop_payloads(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop the payloads of done entries that were received before that time (UTC).

        The entries stay. Returns how many were dropped; a dry run counts them and drops none.
        """

    @abstractmethod
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop the done entries that were received before that time (UTC); return how many.

        A dry run counts them and drops none.
        """
