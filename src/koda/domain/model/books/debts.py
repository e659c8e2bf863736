"""Entries of what sellers owe. Amounts are positive."""

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import About, entry_of
from koda.domain.model.money import Money

_LOSSES = Account(AccountKind.LOSSES)


def debt_made(about: About, reference: str, amount: Money) -> Entry:
    """What a seller must give back could not be reversed; `reference` is why it must go back."""
    changes = [(about.debts, amount.minor), (about.payable, -amount.minor)]
    return entry_of(Cause.DEBT_MADE, about, amount.currency, changes, reference)


def debt_recovered(about: About, amount: Money) -> Entry:
    """A seller's share of a later order paid a debt."""
    changes = [(about.payable, amount.minor), (about.debts, -amount.minor)]
    return entry_of(Cause.DEBT_RECOVERED, about, amount.currency, changes)


def written_off(about: About, reference: str, amount: Money) -> Entry:
    """A debt is given up: the seller keeps the money, at the marketplace's loss."""
    changes = [(_LOSSES, amount.minor), (about.debts, -amount.minor)]
    return entry_of(Cause.WRITTEN_OFF, about, amount.currency, changes, reference)
