"""Entries that only the provider's ledger tells of. Amounts are signed minor units."""

from collections.abc import Iterator

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import PROVIDER, About, entry_of
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine

_BANK = Account(AccountKind.BANK)
_PROVIDER_FEES = Account(AccountKind.PROVIDER_FEES)


def provider_fee(about: About, reference: str, currency: str, minor: int) -> Entry:
    """The provider took its own fee, or gave it back; `reference` is the line of its ledger."""
    changes = [(_PROVIDER_FEES, minor), (PROVIDER, -minor)]
    return entry_of(Cause.PROVIDER_FEE, about, currency, changes, reference)


def banked(about: About, reference: str, currency: str, minor: int) -> Entry:
    """The marketplace's own money left for its bank, or came from it; `reference` as above."""
    changes = [(_BANK, minor), (PROVIDER, -minor)]
    return entry_of(Cause.BANKED, about, currency, changes, reference)


def entries_of(line: LedgerLine) -> Iterator[Entry]:
    """What is booked of a line and nobody else books.

    These are fees of orders, fees that belong to no payment, and what the marketplace moves
    between its balance and its bank. A fee on what is none of Koda's is not.
    """
    about = About(line.order_id, line.occurred_at)
    own = line.kind in (LedgerKind.BANK, LedgerKind.PROVIDER_FEE)
    if line.kind is LedgerKind.BANK and line.amount:
        yield banked(about, line.id, line.currency, -line.amount)
    fee = -line.net if line.kind is LedgerKind.PROVIDER_FEE else line.fee
    if fee and (own or line.order_id is not None):
        yield provider_fee(about, line.id, line.currency, fee)
