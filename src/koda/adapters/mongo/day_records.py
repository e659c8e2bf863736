"""What is kept of one day of the journal."""

from attrs import field, frozen

from koda.domain.model.books.balances import Balance
from koda.domain.model.validation import identifier


@frozen
class DayRecord:
    """What each account was debited and credited on one day (UTC, ISO 8601).

    `changes` counts the times that entries of the day were added, and `counted` is how many of
    these the totals include.
    """

    day: str = field(validator=identifier)
    changes: int
    counted: int
    totals: tuple[Balance, ...] = ()

    @property
    def current(self) -> bool:
        """Whether nothing was added since the totals were summed."""
        return self.counted == self.changes
