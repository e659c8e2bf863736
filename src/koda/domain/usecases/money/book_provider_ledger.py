"""Booking what only the payment provider's ledger tells of."""

from collections.abc import Iterator
from itertools import islice

from attrs import frozen

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.provider import entries_of
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import Unreadable
from koda.ports.journal import Journal
from koda.ports.provider_ledger import ProviderLedger

AT_ONCE = 500
"""Entries that are added at once."""


@frozen(eq=False, repr=False)
class BookProviderLedger:
    """Enters the provider's own fees in the books, and what went to or came from the bank.

    Each is booked once, under the id of its line, however often the line is read.
    """

    ledger: ProviderLedger
    journal: Journal

    def __call__(self, period: Period) -> tuple[Unreadable, ...]:
        """Book what changed the balance in a period; return the lines that cannot be read.

        Raises:
            Unavailable: the provider or the journal is down; what went before that is booked.
        """
        unreadable: list[Unreadable] = []
        entries = self._entries(period, unreadable)
        while batch := tuple(islice(entries, AT_ONCE)):
            self.journal.add(batch)
        return tuple(unreadable)

    def _entries(self, period: Period, unreadable: list[Unreadable]) -> Iterator[Entry]:
        for line in self.ledger.lines(period):
            if isinstance(line, Unreadable):
                unreadable.append(line)
            else:
                yield from entries_of(line)
