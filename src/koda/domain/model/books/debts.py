"""Entries of what sellers owe. Amounts are positive."""

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import LOSSES, About, entry_of
from koda.domain.model.money import Money


def debt_made(about: About, amount: Money, since: int) -> Entry:
    """A seller owes `amount` of an order, `since` that revision of it: it cannot be reversed."""
    changes = [(about.debts, amount.minor), (about.payable, -amount.minor)]
    return entry_of(Cause.DEBT_MADE, about, amount.currency, changes, also=since)


def debt_recovered(about: About, amount: Money, since: int | str) -> Entry:
    """What was owed since a revision is owed no longer: it was reversed, or it is due again."""
    changes = [(about.payable, amount.minor), (about.debts, -amount.minor)]
    return entry_of(Cause.DEBT_RECOVERED, about, amount.currency, changes, also=since)


def written_off(about: About, amount: Money, since: int) -> Entry:
    """What was owed since a revision is given up, at the marketplace's loss."""
    changes = [(LOSSES, amount.minor), (about.debts, -amount.minor)]
    return entry_of(Cause.WRITTEN_OFF, about, amount.currency, changes, also=since)


def write_off_undone(about: About, amount: Money, since: str) -> Entry:
    """What was given up is due to the seller again, who keeps it for that: no loss remains.

    `since` are the revisions of the order that gave it up, and that undid it.
    """
    changes = [(about.debts, amount.minor), (LOSSES, -amount.minor)]
    return entry_of(Cause.WRITE_OFF_UNDONE, about, amount.currency, changes, also=since)
