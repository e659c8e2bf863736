"""Looking at what a seller sold, got and is due."""

from collections.abc import Iterator
from functools import partial

from attrs import frozen

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.books.statements import Position, Statement
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.paging import every
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence
from koda.ports.journal import Journal

_NOBODY = sentence(
    "must be that of somebody who sold; it stands at their name, on the page of an order, and in "
    "'koda orders show'"
)

AT_ONCE = 500
"""Entries that are read at once."""


@frozen(eq=False, repr=False)
class ViewStatement:
    """Shows a seller's account over a period."""

    journal: Journal
    policy: Policy

    def __call__(self, seller_id: UserId, period: Period) -> tuple[Statement, ...]:
        """Return a statement in the marketplace's currency, and in each other of the period.

        Raises:
            CorruptRecord: an entry or a total cannot be read.
        """
        of_seller = EntryQuery.of_seller(seller_id)
        entries = tuple(every_entry(self.journal, of_seller.between(period.since, period.until)))
        currencies = {self.policy.currency, *(entry.currency for entry in entries)}
        return tuple(
            Statement.of(
                seller_id,
                period,
                currency,
                self._position(seller_id, currency, period),
                (entry for entry in entries if entry.currency == currency),
            )
            for currency in sorted(currencies)
        )

    def of_seller(self, seller_id: UserId, period: Period) -> tuple[Statement, ...]:
        """Return the same of somebody of whom the books tell anything, in whatever period.

        Raises:
            CorruptRecord: an entry or a total cannot be read.
            InvalidValue: the books tell nothing of them.
        """
        if not self.journal.entries(EntryQuery.of_seller(seller_id), 1).items:
            raise InvalidValue("seller", _NOBODY)
        return self(seller_id, period)

    def _position(self, seller_id: UserId, currency: str, period: Period) -> Position:
        """How the seller stood when the period began."""
        due, held, debt = (
            self.journal.balance(Account(kind, seller_id), currency, period.since).minor
            for kind in (AccountKind.PAYABLE, AccountKind.HELD, AccountKind.DEBTS)
        )
        return Position(-due, -held, debt)


def every_entry(journal: Journal, query: EntryQuery) -> Iterator[Entry]:
    """Return all entries that `query` asks for, oldest first, page by page.

    Raises:
        CorruptRecord: one of them cannot be read.
    """
    return every(partial(journal.entries, query, AT_ONCE))
