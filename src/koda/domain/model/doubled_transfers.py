"""Transfers that were made twice."""

from typing import TYPE_CHECKING

from attrs import evolve

from koda.domain.model.identifiers import UserId
from koda.domain.model.movements import Transfer, TransferSeen
from koda.domain.model.settlements import OwedShare, PaidShare

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


def doubled_for(order: "Order", made: TransferSeen) -> UserId | None:
    """The seller whom `made` paid a second time, if it did.

    It did if the order knows another transfer of the same name. One of a name that the order does
    not know may be one that is being recorded, and one that the seller owes is known.
    """
    if any(share.transfer_id == made.id for share in order.settlement.paid):
        return None
    accounts = {line.seller_id: line.account_id for line in order.lines}
    counts = dict.fromkeys(accounts, 0)
    for share in order.settlement.paid:
        if share.transfer_id is None or order.payment_id is None:
            continue
        counts[share.seller_id] += 1
        account_id, number = accounts[share.seller_id], counts[share.seller_id]
        known = Transfer(order.id, order.payment_id, account_id, share.net, number)
        if known.name == made.name and share.transfer_id != made.id:
            return share.seller_id
    return None


def owing_double(order: "Order", made: TransferSeen, seller_id: UserId) -> "Order":
    """The order of which the seller got `made`, too, so that it is not settled any more.

    They owe it from its next revision on. If they owe something already, recording the payment
    makes that more, and books it.
    """
    settlement = order.settlement
    owed = OwedShare(seller_id, made.amount, order.revision + 1)
    more = () if settlement.owed_by(seller_id) else (owed,)
    after = evolve(
        settlement,
        paid=(*settlement.paid, PaidShare(seller_id, (), made.amount, made.id)),
        owed=(*settlement.owed, *more),
    )
    return evolve(order, settlement=after, settled_at=None)
