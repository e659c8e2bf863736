"""Looking at what the marketplace earned."""

from attrs import frozen

from koda.domain.model.books.balances import summed
from koda.domain.model.books.making import LOSSES
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.books.statements import Revenue
from koda.domain.model.periods import Period
from koda.domain.usecases.money.view_statement import every_entry
from koda.ports.journal import Journal


@frozen(eq=False, repr=False)
class ViewRevenue:
    """Shows the operators of a marketplace its revenue over a period."""

    journal: Journal

    def __call__(self, period: Period) -> tuple[Revenue, ...]:
        """Return the revenue of each currency that was ever used, by currency.

        Totals tell no causes: those of the losses are read from their entries in the period.

        Raises:
            CorruptRecord: an entry or a total cannot be read.
        """
        earlier = (-balance for balance in self.journal.balances(period.since))
        revenues: dict[str, Revenue] = {}
        for balance in summed((*self.journal.balances(period.until), *earlier)):
            before = revenues.get(balance.currency, Revenue(balance.currency))
            revenues[balance.currency] = before.counting(balance)
        losses = EntryQuery.of_account(LOSSES).between(period.since, period.until)
        entries = tuple(every_entry(self.journal, losses))
        return tuple(revenues[currency].losing(entries) for currency in sorted(revenues))
