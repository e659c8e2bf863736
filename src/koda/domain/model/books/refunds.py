"""Entries of refunds. Amounts are positive."""

from collections.abc import Iterable
from datetime import datetime

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import LOSSES, PROVIDER, About, entry_of, undoing
from koda.domain.model.money import Money
from koda.domain.model.refund_parts import RefundPart

_BUYERS = Account(AccountKind.BUYERS)


def reversal(about: About, reference: str, amount: Money) -> Entry:
    """Money of a transfer came back from a seller."""
    changes = [(PROVIDER, amount.minor), (about.payable, -amount.minor)]
    return entry_of(Cause.REVERSAL, about, amount.currency, changes, reference)


def refund_unmatched(about: About, reference: str, amount: Money) -> Entry:
    """Money went back to the buyer, whatever it turns out to be of."""
    changes = [(_BUYERS, amount.minor), (PROVIDER, -amount.minor)]
    return entry_of(Cause.REFUND_UNMATCHED, about, amount.currency, changes, reference)


def refund(
    about: About,
    reference: str,
    part: RefundPart,
    *,
    seller_bears: Money | None = None,
    matched_late: bool = False,
) -> Entry:
    """Money of a sale went back to the buyer.

    The marketplace bears its fee, and what of the net the seller does not: by default they bear all
    of it. What was unmatched before (`matched_late`) has left the marketplace's balance already.
    """
    borne = part.net if seller_bears is None else seller_bears
    changes = [
        (about.payable, borne.minor),
        (LOSSES, part.net.minor - borne.minor),
        (about.revenue, part.fee.minor),
        (_BUYERS if matched_late else PROVIDER, -part.amount.minor),
    ]
    return entry_of(Cause.REFUND, about, part.amount.currency, changes, reference)


def double_refunded(
    about: About,
    reference: str,
    amount: Money,
    kept: Iterable[tuple[Account, Money]] = (),
) -> Entry:
    """What a buyer paid for something they had went back; it never was a sale.

    `kept` is what sellers have of it and the marketplace bears, by their accounts of what is due.
    """
    changes = [(_BUYERS, amount.minor), (PROVIDER, -amount.minor)]
    for payable, net in kept:
        changes += [(LOSSES, net.minor), (payable, -net.minor)]
    return entry_of(Cause.DOUBLE_REFUNDED, about, amount.currency, changes, reference)


def refund_failed(made: Entry, occurred_at: datetime) -> Entry:
    """A refund that was booked as `made` did not arrive; everything is as before it."""
    about = About(made.order_id, occurred_at, made.line, made.seller_id)
    changes, also = undoing(made), made.cause.value
    return entry_of(Cause.REFUND_FAILED, about, made.currency, changes, made.reference, also=also)


def fee_returned(about: About, reference: str, amount: Money) -> Entry:
    """The marketplace's fee on what was refunded went back to the seller who was charged it."""
    changes = [(about.payable, amount.minor), (PROVIDER, -amount.minor)]
    return entry_of(Cause.FEE_RETURNED, about, amount.currency, changes, reference)
