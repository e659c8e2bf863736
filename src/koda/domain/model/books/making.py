"""Making an entry from its cause.

What is debited is positive in a posting, what is credited negative. The key is the cause with the
provider's id of what it did, so that whoever learns of it books it once.
"""

from collections.abc import Collection
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry, Posting
from koda.domain.model.digests import sha256_of
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.validation import is_identifier

PROVIDER = Account(AccountKind.PROVIDER)
LOSSES = Account(AccountKind.LOSSES)

Change = tuple[Account, int]
"""An account, and by how many minor units it is debited."""


@frozen
class About:
    """What an entry is about, and when it occurred (UTC)."""

    order_id: OrderId | None
    occurred_at: datetime
    line: int | None = None
    seller_id: UserId | None = None

    @property
    def payable(self) -> Account:
        """What the seller is due."""
        return Account(AccountKind.PAYABLE, self.seller_id)

    @property
    def held(self) -> Account:
        """What the seller is due and cannot get now."""
        return Account(AccountKind.HELD, self.seller_id)

    @property
    def debts(self) -> Account:
        """What the seller owes."""
        return Account(AccountKind.DEBTS, self.seller_id)

    @property
    def revenue(self) -> Account:
        """The marketplace's fees on what the seller sold."""
        return Account(AccountKind.REVENUE, self.seller_id)


def entry_of(
    cause: Cause,
    about: About,
    currency: str,
    changes: Collection[Change],
    reference: str | None = None,
    *,
    also: int | str | None = None,
) -> Entry:
    """The entry of a cause: one posting for each account that changes, in a fixed order.

    `also` tells it from others of the same cause: the revision of the order, for what may happen to
    it again.
    """
    sums: dict[Account, int] = {}
    for account, minor in changes:
        sums[account] = sums.get(account, 0) + minor
    postings = tuple(Posting(account, sums[account]) for account in sorted(sums) if sums[account])
    return Entry(
        _key(cause, about, reference, also),
        cause,
        about.occurred_at,
        currency,
        postings,
        about.order_id,
        about.line,
        about.seller_id,
        reference,
    )


def undoing(made: Entry) -> list[Change]:
    """What leaves everything as it was before an entry."""
    return [(posting.account, -posting.minor) for posting in made.postings]


def _key(cause: Cause, about: About, reference: str | None, also: int | str | None) -> str:
    """What follows from the cause alone: the provider's id or else the order, and the seller."""
    parts = (cause.value, reference or about.order_id, about.seller_id, also)
    key = ":".join(str(part) for part in parts if part is not None)
    return key if is_identifier(key) else f"{cause.value}:{sha256_of(key.encode())}"
