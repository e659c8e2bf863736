"""Looking at the marketplace's books."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.books.balances import Balance
from koda.ports.journal import Journal


@frozen
class Books:
    """The trial balance of what occurred before a time (UTC)."""

    before: datetime
    balances: tuple[Balance, ...]

    @property
    def balanced(self) -> bool:
        """Whether debits and credits are equal in each currency."""
        sums: dict[str, int] = {}
        for balance in self.balances:
            sums[balance.currency] = sums.get(balance.currency, 0) + balance.minor
        return not any(sums.values())


@frozen(eq=False, repr=False)
class ViewBooks:
    """Shows the operators of a marketplace its trial balance."""

    journal: Journal

    def __call__(self, before: datetime) -> Books:
        """Return the balances of all accounts, of what occurred before a time (UTC).

        Raises:
            CorruptRecord: an entry or a total cannot be read.
        """
        return Books(before, self.journal.balances(before))
