"""Balances of accounts, from entries and from sums of them."""

from collections.abc import Iterable

from attrs import evolve, frozen

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Entry


@frozen
class Balance:
    """What an account was debited and credited in one currency, each in minor units."""

    account: Account
    currency: str
    debit: int = 0
    credit: int = 0

    @classmethod
    def of(cls, account: Account, currency: str, balances: "Iterable[Balance]") -> "Balance":
        """The sum of those of `balances` that are of one account and currency, maybe none."""
        nothing = cls(account, currency)
        own = (
            balance
            for balance in balances
            if (balance.account, balance.currency) == (account, currency)
        )
        return sum(own, nothing)

    @property
    def minor(self) -> int:
        """Debit less credit: positive for what the marketplace has, or has spent."""
        return self.debit - self.credit

    def __add__(self, other: "Balance") -> "Balance":
        debit, credit = self.debit + other.debit, self.credit + other.credit
        return evolve(self, debit=debit, credit=credit)

    def __neg__(self) -> "Balance":
        return evolve(self, debit=-self.debit, credit=-self.credit)


def summed(balances: Iterable[Balance]) -> tuple[Balance, ...]:
    """One balance for each account and currency, sorted by both."""
    sums: dict[tuple[Account, str], Balance] = {}
    for balance in balances:
        of = (balance.account, balance.currency)
        sums[of] = sums[of] + balance if of in sums else balance
    return tuple(sums[of] for of in sorted(sums))


def turnover(entries: Iterable[Entry]) -> tuple[Balance, ...]:
    """What `entries` debit and credit to each account, sorted by account and currency."""
    return summed(
        Balance(post.account, entry.currency, max(post.minor, 0), max(-post.minor, 0))
        for entry in entries
        for post in entry.postings
    )


@frozen
class KindBalance:
    """What the accounts of one kind were debited and credited together, in one currency."""

    currency: str
    kind: AccountKind
    debit: int
    credit: int

    @property
    def minor(self) -> int:
        """Debit less credit, in minor units."""
        return self.debit - self.credit


def by_kind(balances: Iterable[Balance]) -> tuple[KindBalance, ...]:
    """The balances of each currency and kind of account, in the order of the chart."""
    order = {kind: place for place, kind in enumerate(AccountKind)}
    sums: dict[tuple[str, AccountKind], tuple[int, int]] = {}
    for balance in balances:
        of = (balance.currency, balance.account.kind)
        debit, credit = sums.get(of, (0, 0))
        sums[of] = debit + balance.debit, credit + balance.credit
    placed = sorted(sums, key=lambda of: (of[0], order[of[1]]))
    return tuple(KindBalance(*of, *sums[of]) for of in placed)
