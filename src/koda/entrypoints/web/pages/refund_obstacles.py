"""Why a line of an order cannot be refunded, and what to do about it."""

from attrs import frozen

from koda.domain.model.errors import (
    Conflict,
    ConflictOfInterest,
    NothingToRefund,
    RefundDisputed,
    RefundUnassigned,
)
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refundable import Refundable
from koda.entrypoints.web.language import say
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.wording import sentence_of

BARRING = (ConflictOfInterest, NothingToRefund, RefundDisputed, RefundUnassigned)
"""What forbids a refund whatever amount and reason are typed."""


@frozen
class Barred:
    """Why nothing may be refunded now, what to do, and where the refund in the way is assigned.

    `of_payment` says that it holds for every line of the payment, and `refusable` whether a request
    for the refund may be refused all the same.
    """

    said: str
    advice: str = ""
    assign_url: str = ""
    of_payment: bool = True
    refusable: bool = True


def barred(obstacle: Conflict, *, assigns: bool) -> Barred:
    """Say it to somebody who may assign refunds to lines (`assigns`), or to somebody else."""
    if isinstance(obstacle, ConflictOfInterest):
        return Barred(sentence_of(obstacle), refusable=False)
    if isinstance(obstacle, RefundDisputed):
        return Barred(
            sentence_of(obstacle),
            say("Do not send the money another way: the buyer would have it twice."),
        )
    if not isinstance(obstacle, RefundUnassigned):
        return Barred(sentence_of(obstacle), of_payment=False)
    said = say("A part of this payment went back, and nobody has said yet for which line.")
    if assigns:
        place = link_to("assign_refund", obstacle.order_id, obstacle.refund_id)
        return Barred(said, say("Say that first; then the rest can be refunded."), place)
    return Barred(said, say("An admin has to say that first; then the rest can be refunded."))


def barred_lines(order: Order, principal: Principal, *, assigns: bool) -> dict[int, Barred]:
    """The lines of an order that `principal` cannot refund, as far as is known here, by numbers."""
    if principal.user_id == order.buyer_id:
        own = barred(ConflictOfInterest(order.id), assigns=assigns)
        return dict.fromkeys((line.number for line in order.lines), own)
    refundable = Refundable.known(order)
    return {
        line.number: barred(obstacle, assigns=assigns)
        for line in order.lines
        if (obstacle := refundable.obstacle(line)) is not None
    }
