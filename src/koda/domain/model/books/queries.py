"""Which entries of the journal to list."""

from datetime import UTC, datetime, time

from attrs import evolve, frozen

from koda.domain.model.books.accounts import Account
from koda.domain.model.books.entries import EVERYTHING, Cause, Entry
from koda.domain.model.identifiers import OrderId, UserId


@frozen
class EntryQuery:
    """Which entries to list: those of one list, from `since` (UTC) to before `until` (UTC)."""

    label: str = EVERYTHING
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_account(cls, account: Account) -> "EntryQuery":
        """Those that change an account."""
        return cls(f"account:{account.name}")

    @classmethod
    def of_seller(cls, seller_id: UserId) -> "EntryQuery":
        """Those that change an account of a seller, or are about them."""
        return cls(f"seller:{seller_id}")

    @classmethod
    def of_order(cls, order_id: OrderId) -> "EntryQuery":
        """Those about an order."""
        return cls(f"order:{order_id}")

    @classmethod
    def of_cause(cls, cause: Cause) -> "EntryQuery":
        """Those of a cause."""
        return cls(f"cause:{cause.value}")

    def between(self, since: datetime | None, until: datetime | None) -> "EntryQuery":
        """Those of them that occurred from `since` to before `until`."""
        return evolve(self, since=since, until=until)

    def day_until(self, before: datetime) -> "EntryQuery":
        """Those of them that occurred on the day (UTC) of a time, before that time."""
        return self.between(datetime.combine(before.date(), time.min, UTC), before)

    def lists(self, entry: Entry) -> bool:
        """Whether an entry is among those asked for."""
        return (
            self.label in entry.labels
            and (self.since is None or entry.occurred_at >= self.since)
            and (self.until is None or entry.occurred_at < self.until)
        )
