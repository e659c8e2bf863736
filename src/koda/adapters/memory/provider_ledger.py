"""The ledger of the provider in memory."""

from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerLine, ProviderBalance
from koda.ports.provider_ledger import ProviderLedger


@frozen
class MemoryLedger(ProviderLedger):
    """Shows what changed the marketplace's balance, which can be spent at once."""

    provider: MemoryProvider

    def lines(self, period: Period) -> Iterator[LedgerLine]:
        with self.provider.at_work():
            lines = self.provider.ledger.occurred()
        for line in reversed(lines):
            if period.since <= line.occurred_at < period.until:
                yield line

    def balances(self) -> tuple[ProviderBalance, ...]:
        with self.provider.at_work():
            sums: Counter[str] = Counter()
            for line in self.provider.ledger.occurred():
                sums[line.currency] += line.net
        return tuple(ProviderBalance(currency, sums[currency]) for currency in sorted(sums))
