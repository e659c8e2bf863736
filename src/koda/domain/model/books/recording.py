"""The entries of a payment that is recorded: of the charge, and of what sellers get of it."""

from collections.abc import Collection, Iterator
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import charge, share_held, share_released, transfer
from koda.domain.model.identifiers import PaymentId
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.settlements import HeldShare, PaidShare


@frozen
class Recording:
    """A paid order as it is kept, as it is to be saved, and its payment, at a time (UTC).

    `never_sold` are the numbers of the lines that were doubles from the first. A line that became
    one later was sold, and its money goes back as that of any sale.
    """

    before: Order
    after: Order
    payment_id: PaymentId
    payment: Payment
    never_sold: Collection[int]
    at: datetime

    @property
    def unbooked(self) -> bool:
        """Whether there may be something that is not in the books yet."""
        payment = self.payment
        unchanged = self.before.settled and self.after == self.before
        return not unchanged or bool(payment.refunds or payment.disputes)


def recorded_entries(recording: Recording) -> tuple[Entry, ...]:
    """The charge of an order and what sellers got, but for the shares that it holds once saved.

    A share that is held no longer is told whole, since it may never have been told that it was.
    """
    order, at = recording.after, recording.at
    return (
        charge(order, recording.payment_id, at, recording.never_sold),
        *_released(recording),
        *_transfers(recording),
    )


def held_entries(order: Order, at: datetime) -> tuple[Entry, ...]:
    """The shares that an order holds, as it is saved: whoever is overtaken holds none."""
    return tuple(
        share_held(About(order.id, at, seller_id=share.seller_id), share.net, share.since)
        for share in order.settlement.held
    )


def _released(recording: Recording) -> Iterator[Entry]:
    for share in recording.before.settlement.held:
        if not _holds(recording.after, share):
            about = About(recording.after.id, recording.at, seller_id=share.seller_id)
            yield share_held(about, share.net, share.since)
            yield share_released(about, share.net, share.since)


def _holds(order: Order, share: HeldShare) -> bool:
    held = order.settlement.held_for(share.seller_id)
    return held is not None and held.since == share.since


def _transfers(recording: Recording) -> Iterator[Entry]:
    """What sellers got: the whole net, where the charge pays the seller itself."""
    order, at = recording.after, recording.at
    direct = recording.payment_id if order.destination is not None else None
    for share in order.shares if direct else order.settlement.paid:
        reference = share.transfer_id if isinstance(share, PaidShare) else direct
        if reference is not None and share.net.minor:
            about = About(order.id, at, seller_id=share.seller_id)
            yield transfer(about, reference, share.net)
