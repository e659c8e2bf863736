"""What was moved for an order, and is not kept: whoever asked for it ended before saying so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve

from koda.domain.model.identifiers import ReversalId, TransferId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal, Transfer, TransferSeen, Undone, by_name
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.paid_orders import PaidOrder
from koda.domain.model.settlements import PaidShare, TakenBack


def may_be_forgotten(paid: PaidOrder) -> bool:
    """Whether transfers may have been made, or reversed, that nobody will ask for again.

    What is still due is asked for by its name, and found. What is due no more was so before a
    refund or a dispute, or was sold before a restore and is not now, since the buyer had it by
    another order that was recorded first. Of what the charge paid a seller itself, nothing is
    passed on but what a dispute or a refund gives back that did not last.
    """
    payment = paid.payment
    if paid.order.destination is not None:
        return bool(payment.disputes) or any(refund.undone for refund in payment.refunds)
    unsold = any(line.number in paid.unsold for line in paid.order.lines)
    return bool(unsold or payment.disputes or payment.refunds or paid.order.settlement.refunds)


def remembered(paid: PaidOrder, transfers: Iterable[TransferSeen]) -> PaidOrder:
    """The order with those of its `transfers`, and of all reversals, that it did not know.

    Koda numbers what it asks for, so that what is not kept follows what is. What was made under no
    name of Koda's stays unknown, and so does what was made twice.
    """
    order, seen = paid.order, tuple(transfers)
    named, undone = by_name(seen), {transfer.id: transfer.reversals for transfer in seen}
    shares = [share for lines in paid.by_seller for share in _shares(paid, lines, named)]
    got = (*order.settlement.paid, *shares)
    movements = [
        (share.transfer_id, share.seller_id, undone.get(share.transfer_id, ()))
        for share in got
        if share.transfer_id is not None
    ]
    if paid.payment.transfer_id is not None:
        direct = paid.payment.transfer_id, order.lines[0].seller_id, paid.payment.reversals
        movements.append(direct)
    back = [made for movement in movements for made in _taken(paid, *movement)]
    settlement = evolve(order.settlement, paid=got, taken=(*order.settlement.taken, *back))
    return evolve(paid, order=evolve(order, settlement=settlement))


def _shares(
    paid: PaidOrder, lines: Sequence[OrderLine], named: Mapping[str, TransferSeen]
) -> Iterator[PaidShare]:
    """The transfers to one seller that are not kept.

    The first that an order knows is of all lines that it sells, unless the charge paid those.
    """
    order, first = paid.order, lines[0]
    own = [share for share in order.settlement.paid if share.seller_id == first.seller_id]
    known = {number for share in own for number in share.lines}
    numbers = () if order.destination is not None else (line.number for line in lines)
    new = tuple(number for number in numbers if number not in known and number not in paid.unsold)
    number = 1 + sum(1 for share in own if share.transfer_id is not None)
    nothing = Money.zero(order.currency)
    asked = Transfer(order.id, paid.payment_id, first.account_id, nothing, number)
    while (made := named.get(asked.name)) is not None:
        yield PaidShare(first.seller_id, new, made.amount, made.id)
        asked, new = evolve(asked, number=asked.number + 1), ()


def _taken(
    paid: PaidOrder, transfer_id: TransferId, seller_id: UserId, undone: Iterable[Undone]
) -> Iterator[TakenBack]:
    """The reversals of one transfer that are not kept."""
    known = sum(1 for back in paid.order.settlement.taken if back.transfer_id == transfer_id)
    named = {made.name: made for made in undone}
    asked = Reversal(transfer_id, Money.zero(paid.order.currency), 1 + known)
    while (made := named.get(asked.name)) is not None:
        yield TakenBack(seller_id, transfer_id, asked.number, made.amount, ReversalId(made.id))
        asked = evolve(asked, number=asked.number + 1)
