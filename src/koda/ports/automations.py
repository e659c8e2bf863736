"""Where automations are kept and found."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from koda.domain.model.automations import Automation
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.paging import Cursor, Page


class Automations(Protocol):
    """All automations, whatever their state.

    Every method raises `Unavailable` while the store cannot be reached, and then has changed
    nothing. What is read equals what was written, but for `revision`. A record that cannot be read
    any more is left out of every list and told in the log; asked for by itself, it is a
    `CorruptRecord`.
    """

    @abstractmethod
    def get(self, automation_id: AutomationId) -> Automation:
        """Return one.

        Raises:
            NotFound: there is none of this id.
        """

    @abstractmethod
    def some(self, automation_ids: Iterable[AutomationId]) -> Mapping[AutomationId, Automation]:
        """Return those that exist among `automation_ids`, by id."""

    @abstractmethod
    def add(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> None:
        """Keep a new automation, as it is (its `revision` is 0), with what happened.

        Raises:
            AlreadyExists: one of this id is kept.
        """

    @abstractmethod
    def save(self, automation: Automation, events: Sequence[DomainEvent] = ()) -> Automation:
        """Replace the kept automation by this next state of it; return it as kept.

        `events`, what happened, are kept in the same write (see `Outbox`), or nothing is. The kept
        automation must still have `automation.revision`; the returned one has the next.

        Raises:
            StaleWrite: somebody saved first, or there is none of this id.
        """

    @abstractmethod
    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Automation]:
        """Return a seller's automations in every state, newest created first, then by id.

        `after` is the place `(created_at in ms, id)`, as is `next_place`.
        """

    @abstractmethod
    def alike(self, fingerprint: str, but: UserId) -> AutomationId | None:
        """Return the id of an automation with a release of this fingerprint, if there is one.

        In whatever state, of any seller but `but`; of several the lowest id. What is added or saved
        before the call is seen. Nothing is like the empty fingerprint.
        """

    @abstractmethod
    def in_review(self, limit: int, after: Cursor | None = None) -> Page[Automation]:
        """Return the automations with a `review`, that which waits longest first, then by id.

        `after` is the place `(review.since in ms, id)`, as is `next_place`.
        """

    @abstractmethod
    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        """Return those of `keys` that any automation refers to, in whatever state.

        What is added or saved before the call is in the answer.
        """
