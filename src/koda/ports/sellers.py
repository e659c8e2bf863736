"""Where sellers are kept."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Seller


class Sellers(Protocol):
    """All users that have a payout account. Every method raises `Unavailable` like the others."""

    @abstractmethod
    def find(self, user_id: UserId) -> Seller | None:
        """Return the seller that `user_id` is, or nothing."""

    @abstractmethod
    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Seller]:
        """Return those that are sellers among `user_ids`, by id."""

    @abstractmethod
    def find_by_account(self, account_id: AccountId) -> Seller | None:
        """Return the seller who is paid through `account_id`, or nothing."""

    @abstractmethod
    def add(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> None:
        """Keep a new seller, as it is (its `revision` is 0), with what happened.

        Raises:
            AlreadyExists: the user is a seller already, or the account is another seller's.
        """

    @abstractmethod
    def save(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> Seller:
        """Replace the kept seller by this next state; return it as kept, with the next revision.

        `events`, what happened, are kept in the same write (see `Outbox`), or nothing is.

        Raises:
            StaleWrite: somebody saved first, or there is no such seller.
            AlreadyExists: the account is another seller's.
        """
