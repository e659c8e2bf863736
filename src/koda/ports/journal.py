"""The journal: the marketplace's double-entry bookkeeping."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from koda.domain.model.books.accounts import Account
from koda.domain.model.books.balances import Balance
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.paging import Cursor, Page


class Journal(Protocol):
    """All entries, kept for good and never changed; balances follow from them.

    Every method raises `Unavailable` while the store cannot be reached, and those that read raise
    `CorruptRecord` if an entry cannot be read: sums without it would be wrong. Balances are read
    from day totals, which are derived, and never from the whole journal.
    """

    @abstractmethod
    def add(self, entries: Sequence[Entry]) -> None:
        """Keep entries; one whose key is kept already, with all that it says, changes nothing.

        The time may differ: the first one stays. Each entry is kept whole or not at all, but an
        `add` of several may be cut off between them, as in MongoDB: after `Unavailable` some of
        them may be kept, and the same call keeps the others.

        Raises:
            AlreadyExists: an entry that says something else has the key of one; none is kept.
        """

    @abstractmethod
    def entries(self, query: EntryQuery, limit: int, after: Cursor | None = None) -> Page[Entry]:
        """Return a page of the entries that `query` asks for, oldest first, then by key."""

    @abstractmethod
    def balances(self, before: datetime) -> tuple[Balance, ...]:
        """Return the trial balance of what occurred before that time (UTC).

        One balance for each account and currency that was used, sorted by both; debits and credits
        are equal in each currency.
        """

    @abstractmethod
    def balance(self, account: Account, currency: str, before: datetime) -> Balance:
        """Return the balance of one account, of what occurred before that time (UTC)."""

    @abstractmethod
    def rebuild_totals(self) -> int:
        """Sum the totals of all days (UTC) anew, as after a restore; return of how many days."""
