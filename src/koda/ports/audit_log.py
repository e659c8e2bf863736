"""Where it is kept what administrators did."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.audit import AuditEntry, AuditOutcome, AuditSubject
from koda.domain.model.identifiers import AuditId, UserId
from koda.domain.model.paging import Cursor, Page


class AuditLog(Protocol):
    """All entries, kept for good. Methods raise `Unavailable` like the other stores."""

    @abstractmethod
    def append(self, entry: AuditEntry) -> None:
        """Keep an entry; appending one of the same id again changes nothing."""

    @abstractmethod
    def settle(self, entry_id: AuditId, outcome: AuditOutcome) -> None:
        """Say how an action that was begun ended.

        Nothing else of an entry ever changes, nor does an outcome that was told; an unknown id
        changes nothing.
        """

    @abstractmethod
    def entries(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        subject: AuditSubject | None = None,
        actor: UserId | None = None,
    ) -> Page[AuditEntry]:
        """Return entries, newest first, then by id descending: all, or of a subject or an actor.

        `after` is the place `(at in ms, id)`, as is `next_place`.
        """
