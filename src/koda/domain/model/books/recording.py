"""The entries of a payment that is recorded: of the charge, and of what sellers get of it."""

from collections.abc import Collection, Iterator
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.debts import (
    debt_made,
    debt_recovered,
    write_off_undone,
    written_off,
)
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import charge, share_held, share_released, transfer
from koda.domain.model.books.refunds import reversal
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.settlements import HeldShare, OwedShare, TakenBack
from koda.domain.model.write_offs import WriteOff


@frozen
class Recording:
    """A paid order as it is kept, as it is to be saved, and its payment, at a time (UTC).

    `never_sold` are the numbers of the lines that were no sale from the first: doubles, and what
    could not be delivered. A line that became a double later was sold, and its money goes back as
    that of any sale.
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
    """The charge of an order and what sellers got, but for what it holds and is owed once saved.

    What is held or owed no longer is told whole, since it may never have been told that it was.
    """
    order, at = recording.after, recording.at
    return (
        charge(order, recording.payment_id, at, recording.never_sold),
        *_released(recording),
        *_recovered(recording),
        *_written_off(recording),
        *_transfers(recording),
        *_reversals(recording),
    )


def held_entries(order: Order, at: datetime) -> tuple[Entry, ...]:
    """What an order holds and is owed, as it is saved: whoever is overtaken knows of none."""
    settlement = order.settlement
    return (
        *(share_held(_about(order, held, at), held.net, held.since) for held in settlement.held),
        *(debt_made(_about(order, owed, at), owed.amount, owed.since) for owed in settlement.owed),
        *_due_again(order, at),
    )


def _due_again(order: Order, at: datetime) -> Iterator[Entry]:
    """What sellers were let off and are due again."""
    for made in order.settlement.written_off:
        about = _about(order, made, at)
        for part in made.undone:
            changes = f"{made.since}:{part.since}"
            yield write_off_undone(about, part.amount, changes)
            yield debt_recovered(about, part.amount, changes)


def _released(recording: Recording) -> Iterator[Entry]:
    for share in recording.before.settlement.held:
        held = recording.after.settlement.held_for(share.seller_id)
        if held is None or held.since != share.since:
            about = _about(recording.after, share, recording.at)
            yield share_held(about, share.net, share.since)
            yield share_released(about, share.net, share.since)


def _recovered(recording: Recording) -> Iterator[Entry]:
    for share in recording.before.settlement.owed:
        owed = recording.after.settlement.owed_by(share.seller_id)
        if owed is None or owed.since != share.since:
            about = _about(recording.after, share, recording.at)
            yield debt_made(about, share.amount, share.since)
            yield debt_recovered(about, share.amount, share.since)


def _written_off(recording: Recording) -> Iterator[Entry]:
    """The debts that are given up: that each was one may never have been told."""
    for made in recording.after.settlement.written_off:
        about = _about(recording.after, made, recording.at)
        yield debt_made(about, made.amount, made.since)
        yield written_off(about, made.amount, made.since)


def _about(
    order: Order, share: HeldShare | OwedShare | TakenBack | WriteOff, at: datetime
) -> About:
    return About(order.id, at, seller_id=share.seller_id)


def _reversals(recording: Recording) -> Iterator[Entry]:
    for back in recording.after.settlement.taken:
        about = _about(recording.after, back, recording.at)
        yield reversal(about, back.reversal_id, back.amount)


def _transfers(recording: Recording) -> Iterator[Entry]:
    """What sellers got: the whole net and perhaps more, where the charge pays the seller itself."""
    order, at = recording.after, recording.at
    got: list[tuple[UserId, str | None, Money]] = [
        (share.seller_id, share.transfer_id, share.net) for share in order.settlement.paid
    ]
    if order.destination is not None:
        got += [(share.seller_id, recording.payment_id, share.net) for share in order.shares]
    for seller_id, reference, net in got:
        if reference is not None and net.minor:
            yield transfer(About(order.id, at, seller_id=seller_id), reference, net)
