"""Entries of disputes. Amounts are positive."""

from collections.abc import Mapping
from datetime import datetime

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import LOSSES, PROVIDER, About, entry_of, undoing
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.refund_parts import RefundPart

_BUYERS = Account(AccountKind.BUYERS)
_DISPUTED = Account(AccountKind.DISPUTED)


def dispute_opened(about: About, reference: str, amount: Money) -> Entry:
    """A dispute took `amount` of a charge away."""
    changes = [(_DISPUTED, amount.minor), (PROVIDER, -amount.minor)]
    return entry_of(Cause.DISPUTE_OPENED, about, amount.currency, changes, reference)


def dispute_won(about: About, reference: str, amount: Money) -> Entry:
    """A dispute was won: `amount` came back."""
    changes = [(PROVIDER, amount.minor), (_DISPUTED, -amount.minor)]
    return entry_of(Cause.DISPUTE_WON, about, amount.currency, changes, reference)


def dispute_overturned(lost: Entry, occurred_at: datetime) -> Entry:
    """A dispute that was booked as `lost` was won after all; everything is as before that."""
    about = About(lost.order_id, occurred_at)
    return entry_of(Cause.DISPUTE_OVERTURNED, about, lost.currency, undoing(lost), lost.reference)


def dispute_lost(
    about: About, reference: str, amount: Money, parts: Mapping[UserId, RefundPart], unsold: Money
) -> Entry:
    """A dispute of `amount` was lost: each seller bears the net of their part, we our fee.

    `unsold` is the part of what was no sale. What is of no line is the marketplace's loss.
    """
    of_lines = unsold + Money.total((part.amount for part in parts.values()), amount.currency)
    changes = [
        (_DISPUTED, -amount.minor),
        (_BUYERS, unsold.minor),
        (LOSSES, (amount - of_lines).minor),
    ]
    for seller_id, part in parts.items():
        of_seller = About(about.order_id, about.occurred_at, seller_id=seller_id)
        changes += [(of_seller.payable, part.net.minor), (of_seller.revenue, part.fee.minor)]
    return entry_of(Cause.DISPUTE_LOST, about, amount.currency, changes, reference)
