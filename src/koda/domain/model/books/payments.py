"""Entries of payments and of what sellers get of them. Amounts are positive."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import PROVIDER, About, Change, entry_of
from koda.domain.model.identifiers import PaymentId
from koda.domain.model.money import Money

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

_BUYERS = Account(AccountKind.BUYERS)


def charge(
    order: "Order", payment_id: PaymentId, occurred_at: datetime, unsold: Collection[int] = ()
) -> Entry:
    """A buyer paid for an order; `unsold` are the numbers of lines that go back to them."""
    changes: list[Change] = [(PROVIDER, order.total.minor)]
    for line in order.lines:
        of_line = About(order.id, occurred_at, seller_id=line.seller_id)
        if line.number in unsold:
            changes.append((_BUYERS, -line.price.minor))
        else:
            changes += [(of_line.payable, -line.net.minor), (of_line.revenue, -line.fee.minor)]
    about = About(order.id, occurred_at)
    return entry_of(Cause.CHARGE, about, order.currency, changes, payment_id)


def transfer(about: About, reference: str, amount: Money) -> Entry:
    """A seller got `amount`; `reference` is the transfer, or the charge that paid them itself."""
    changes = [(about.payable, amount.minor), (PROVIDER, -amount.minor)]
    return entry_of(Cause.TRANSFER, about, amount.currency, changes, reference)


def share_held(about: About, amount: Money, since: int) -> Entry:
    """A seller's share of an order cannot move, `since` that revision of the order."""
    changes = [(about.payable, amount.minor), (about.held, -amount.minor)]
    return entry_of(Cause.SHARE_HELD, about, amount.currency, changes, also=since)


def share_released(about: About, amount: Money, since: int) -> Entry:
    """What was held since a revision is held no longer: it is transferred, or goes back."""
    changes = [(about.held, amount.minor), (about.payable, -amount.minor)]
    return entry_of(Cause.SHARE_RELEASED, about, amount.currency, changes, also=since)
