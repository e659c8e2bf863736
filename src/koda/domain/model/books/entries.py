"""Entries of the journal: what happened to money once, as balanced postings."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen
from attrs.validators import optional

from koda.domain.model.books.accounts import Account
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.errors.states import AlreadyExists
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.paging import Cursor
from koda.domain.model.sentences import sentence
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.validation import currency, identifier, integer, utc

EVERYTHING = "everything"
"""The label of the list of all entries."""


class Cause(StrEnum):
    """Why there is an entry; `docs/explanation/books.md` has the postings of each."""

    CHARGE = "charge"
    PROVIDER_FEE = "provider_fee"
    BANKED = "banked"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    REFUND = "refund"
    REFUND_UNMATCHED = "refund_unmatched"
    DOUBLE_REFUNDED = "double_refunded"
    REFUND_FAILED = "refund_failed"
    FEE_RETURNED = "fee_returned"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_OVERTURNED = "dispute_overturned"
    SHARE_HELD = "share_held"
    SHARE_RELEASED = "share_released"
    DEBT_MADE = "debt_made"
    DEBT_RECOVERED = "debt_recovered"
    WRITTEN_OFF = "written_off"
    WRITE_OFF_UNDONE = "write_off_undone"


@frozen
class Posting:
    """A change of one account: `minor` units, a debit if positive, a credit if negative."""

    account: Account
    minor: int = field(validator=integer(-LARGEST_MINOR, LARGEST_MINOR))


@frozen
class Entry:
    """What happened to money once, as postings in one currency that sum to zero.

    `key` follows from the cause, so that the same entry is kept once however often it is added.
    `occurred_at` is UTC. `order_id`, `line` and `seller_id` are named where the cause is about one
    of them, and `reference` is the provider's id of what it did: a charge, transfer, reversal,
    refund, dispute or line of its ledger.
    """

    key: str = field(validator=identifier)
    cause: Cause
    occurred_at: datetime = field(validator=utc)
    currency: str = field(validator=currency)
    postings: tuple[Posting, ...]
    order_id: OrderId | None = field(default=None, validator=optional(identifier))
    line: int | None = None
    seller_id: UserId | None = field(default=None, validator=optional(identifier))
    reference: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if len(self.postings) < 2:  # noqa: PLR2004 - a debit and a credit
            raise InvalidValue("postings", sentence("must be at least two"))
        if sum(posting.minor for posting in self.postings):
            raise InvalidValue("postings", sentence("must sum to zero"))
        if len({posting.account for posting in self.postings}) < len(self.postings):
            raise InvalidValue("postings", sentence("must be one for each account"))

    @property
    def labels(self) -> tuple[str, ...]:
        """The lists that it stands in; `EntryQuery` asks for one of them."""
        accounts = {posting.account for posting in self.postings}
        sellers = {self.seller_id, *(account.seller_id for account in accounts)}
        return (
            EVERYTHING,
            *sorted(f"account:{account.name}" for account in accounts),
            *sorted(f"seller:{seller_id}" for seller_id in sellers if seller_id),
            *([f"order:{self.order_id}"] if self.order_id else ()),
            f"cause:{self.cause.value}",
        )

    @property
    def amount(self) -> Money:
        """What was moved: the sum of its debits."""
        debits = (posting.minor for posting in self.postings if posting.minor > 0)
        return Money(sum(debits), self.currency)

    @property
    def place(self) -> Cursor:
        """Where it stands in its lists: by time, then by key."""
        return Cursor(to_milliseconds(self.occurred_at), self.key)

    def change_of(self, account: Account) -> int:
        """The minor units that it debits to an account; negative if it credits it."""
        return next((post.minor for post in self.postings if post.account == account), 0)

    def repeats(self, kept: "Entry") -> bool:
        """Whether it tells what `kept` tells, maybe at another time."""
        return evolve(self, occurred_at=kept.occurred_at) == kept


def unknown(entries: Iterable[Entry], kept: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """Return those of `entries` that are not among the `kept`, by key, each once.

    Raises:
        AlreadyExists: another entry has the key of one of them.
    """
    new: dict[str, Entry] = {}
    for entry in entries:
        known = kept.get(entry.key) or new.setdefault(entry.key, entry)
        if not entry.repeats(known):
            raise AlreadyExists("entry", entry.key)
    return tuple(new.values())
