"""The inbox of the payment provider's messages."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry, PaymentEvent


class PaymentInbox(Protocol):
    """Every verified message that came in, and what became of it.

    An entry is `open` from its first `open` on, so that one whose handling was cut off is found
    again; `done` is final. Every method raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def open(self, event: PaymentEvent, now: datetime) -> InboxEntry:
        """Begin to handle `event`; return its entry.

        A new message is kept as open, received `now`, with one attempt. One that is kept counts
        one more attempt and is open again, but a done one is returned unchanged.
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
    def pending(self, limit: int) -> tuple[InboxEntry, ...]:
        """Return at most `limit` entries that are open or failed, oldest received first, by id."""

    @abstractmethod
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop the done entries that were received before that time (UTC); return how many.

        A dry run counts them and drops none.
        """
