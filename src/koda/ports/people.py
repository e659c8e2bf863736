"""What is known of users."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved


class People(Protocol):
    """Names and addresses, kept in step with the identity provider's messages in any order.

    Every method raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """Return those that are known among `user_ids`, by id."""

    @abstractmethod
    def find(self, user_id: UserId) -> Person | PersonRemoved | None:
        """Return what is known of a user, or that they were removed and not seen since.

        Asked at every signed-in request: one read.
        """

    @abstractmethod
    def put(self, person: Person) -> None:
        """Keep a person, unless a version as new (`updated_at`) or a later removal is kept."""

    @abstractmethod
    def remove(self, user_id: UserId, at: datetime) -> None:
        """Forget a user who was deleted at `at` (UTC); older updates of them stay forgotten.

        Updates from after `at` bring them back; removing somebody unknown counts, too.
        """
