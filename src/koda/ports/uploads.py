"""Where upload tickets are kept."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import UploadTicket


class Uploads(Protocol):
    """All upload tickets that were issued and may still be claimed.

    Every method raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def add(self, ticket: UploadTicket) -> None:
        """Keep a new ticket.

        Raises:
            AlreadyExists: one of this id is kept.
        """

    @abstractmethod
    def get(self, upload_id: UploadId) -> UploadTicket:
        """Return one.

        Raises:
            NotFound: there is none of this id, or it was forgotten.
        """

    @abstractmethod
    def save(self, ticket: UploadTicket) -> UploadTicket:
        """Replace a kept ticket by its next state; return that as kept, one revision further.

        Raises:
            StaleWrite: what is kept has another revision than `ticket`, or nothing is.
        """

    @abstractmethod
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop the tickets that expired before that time (UTC); return how many.

        A dry run counts them and drops none.
        """
