"""The payment provider's own ledger of the marketplace's balance."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Protocol

from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerLine, ProviderBalance
from koda.domain.model.unreadable import Unreadable


class ProviderLedger(Protocol):
    """Tells what the marketplace has at the provider, and why; nothing is changed by asking.

    Every method raises `Unavailable` when the provider does not answer or asks to come later.
    """

    @abstractmethod
    def lines(self, period: Period) -> Iterator[LedgerLine | Unreadable]:
        """Yield what changed the marketplace's balance in `period`, newest first.

        What cannot be read of it is told as such in its place, and ends nothing.
        A charge appears once the provider has captured it, which may be a while after it was paid.
        """

    @abstractmethod
    def balances(self) -> tuple[ProviderBalance, ...]:
        """Return what the marketplace has now, in each currency that it ever had, by currency."""
