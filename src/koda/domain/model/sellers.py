"""Sellers and what their payout account allows."""

from datetime import datetime
from typing import assert_never

from attrs import evolve, field, frozen

from koda.domain.model.changes import Change
from koda.domain.model.errors import PayoutsNotReady
from koda.domain.model.events import PayoutAccountOpened, PayoutStatusChanged
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.telling import told
from koda.domain.model.validation import identifier, utc

DETAILS = sentence("your details, in the provider's form")
"""What is required of somebody who has given the provider nothing so far."""


@frozen
class Pending:
    """The account waits for the seller; if nothing is required, for the provider alone."""

    requirements: tuple[Sentence, ...] = ()


@frozen
class Ready:
    """The account can receive money; what is required by the deadline (UTC) keeps it so."""

    requirements: tuple[Sentence, ...] = ()
    deadline: datetime | None = None


@frozen
class Restricted:
    """The provider holds the account back: why, what it wants, and until when (UTC).

    If it wants nothing, there is nothing that the seller could do.
    """

    reason: Sentence
    requirements: tuple[Sentence, ...] = ()
    deadline: datetime | None = None


PayoutStatus = Pending | Ready | Restricted


def name_of(status: PayoutStatus) -> str:
    """The word for a status: pending, ready or restricted."""
    match status:
        case Pending():
            return "pending"
        case Ready():
            return "ready"
        case Restricted():
            return "restricted"
        case _:
            assert_never(status)


@frozen
class Seller:
    """A user with a payout account. `revision` counts the saves."""

    user_id: UserId = field(validator=identifier)
    account_id: AccountId = field(validator=identifier)
    status: PayoutStatus
    created_at: datetime = field(validator=utc)
    updated_at: datetime = field(validator=utc)
    revision: int = 0

    @property
    def ready(self) -> bool:
        """Whether the seller may list and be paid."""
        return isinstance(self.status, Ready)

    @classmethod
    def opened(cls, user_id: UserId, account_id: AccountId, now: datetime) -> Change["Seller"]:
        """A user whose payout account was opened, and who gave the provider nothing so far."""
        seller = cls(user_id, account_id, Pending((DETAILS,)), now, now)
        event = PayoutAccountOpened(
            user_id=user_id,
            account_id=account_id,
            **told("seller", user_id, seller.revision, now),
        )
        return Change(seller, (event,))

    def with_status(self, status: PayoutStatus, now: datetime) -> Change["Seller"]:
        """The seller as the provider describes them at `now`; told if they are another now."""
        seller = evolve(self, status=status, updated_at=now)
        if name_of(status) == name_of(self.status):
            return Change(seller)
        event = PayoutStatusChanged(
            user_id=self.user_id,
            account_id=self.account_id,
            status=name_of(status),
            **told("seller", self.user_id, self.revision + 1, now),
        )
        return Change(seller, (event,))


def ready_seller(seller: Seller | None) -> Seller:
    """Return `seller` if they may list and be paid.

    Raises:
        PayoutsNotReady: the user has no payout account, or it cannot receive money.
    """
    if seller is None or not seller.ready:
        raise PayoutsNotReady
    return seller
