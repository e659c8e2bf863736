"""Checking whether the books agree with what the payment provider has, and with the orders."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from attrs import frozen

from koda.domain.model.books.checking import BalanceCheck, BooksCheck, Difference, differences
from koda.domain.model.books.making import PROVIDER
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerLine, ProviderBalance
from koda.domain.model.unreadable import Unreadable, readable
from koda.domain.usecases.money.compare_orders import CompareOrders
from koda.domain.usecases.money.view_statement import every_entry
from koda.ports.clock import Clock
from koda.ports.journal import Journal
from koda.ports.provider_ledger import ProviderLedger

OVERLAP = timedelta(days=14)
"""How far apart both sides may tell of the same: a refund is booked once its bank has it."""
SETTLING = timedelta(hours=1)
"""How long money may take to be seen on both sides: a provider captures a charge within it."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The earliest time that a provider is asked about."""


@frozen(eq=False, repr=False)
class CheckBooks:
    """Compares the journal with the provider's ledger and balance, and with the orders' records.

    It changes nothing.
    """

    journal: Journal
    compare_orders: CompareOrders
    ledger: ProviderLedger
    clock: Clock

    def __call__(self, period: Period) -> BooksCheck:
        """Compare what happened in a period; the balance, too, if it reaches until now.

        Of each order of which something happened in it, all that ever did is compared.

        Raises:
            CorruptRecord: an entry, a total, an order or a purchase cannot be read.
            Unavailable: a store or the provider is down.
        """
        now = self.clock()
        looks = frozenset(self.compare_orders(period))
        since = max(period.since - OVERLAP, _BEGINNING)
        read = Period(since, period.until + OVERLAP)
        query = EntryQuery.of_account(PROVIDER).between(read.since, read.until)
        # The balance first: what happens meanwhile is too young to be a difference.
        past = period.until <= now
        told = () if past else self.ledger.balances()
        lines, unreadable = _apart(self.ledger.lines(read))
        found = sorted(
            differences(lines, every_entry(self.journal, query)),
            key=lambda difference: difference.occurred_at,
            reverse=True,
        )
        # Asking the provider took a while: who was recording an order has booked it since.
        differing = self.compare_orders.again(looks)
        lasting = [
            look for look in differing if look in looks and look.changed_at <= now - SETTLING
        ]
        within = [diff for diff in found if period.since <= diff.occurred_at < period.until]
        return BooksCheck(
            tuple(diff for diff in within if diff.occurred_at <= now - SETTLING),
            tuple(diff for diff in within if diff.occurred_at > now - SETTLING),
            tuple(self._balances(told, within, read.until)),
            tuple(line for line in unreadable if _may_be_of(period, line)),
            past,
            tuple(diff for look in lasting for diff in look.differences),
            len(differing) - len(lasting),
        )

    def _balances(
        self, told: Sequence[ProviderBalance], found: Iterable[Difference], before: datetime
    ) -> Iterable[BalanceCheck]:
        """Each balance of the provider's beside that of the books."""
        differ = tuple(found)
        for balance in told:
            booked = self.journal.balance(PROVIDER, balance.currency, before).minor
            explained = sum(
                diff.minor for diff in differ if diff.subject.currency == balance.currency
            )
            yield BalanceCheck(balance.currency, booked, balance, explained)


def _apart(
    told: Iterable[LedgerLine | Unreadable],
) -> tuple[Sequence[LedgerLine], Sequence[Unreadable]]:
    """The lines, and those that cannot be read."""
    every = tuple(told)
    odd = [line for line in every if isinstance(line, Unreadable)]
    return tuple(readable(every)), odd


def _may_be_of(period: Period, line: Unreadable) -> bool:
    at = line.occurred_at
    return at is None or period.since <= at < period.until
