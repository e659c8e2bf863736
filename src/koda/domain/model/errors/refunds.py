"""Errors of refunds that cannot be made."""

from datetime import datetime
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class NothingToRefund(Conflict):
    """All of the price of a line went back already, or is going back."""

    code: ClassVar[str] = "nothing_to_refund"
    template: ClassVar[str] = translatable("Nothing is left to refund of line {line}.")
    order_id: str
    line: int


@define(slots=False, repr=False)
class RefundedMeanwhile(Conflict):
    """What is left of a line is not what whoever refunds it had seen."""

    code: ClassVar[str] = "refunded_meanwhile"
    template: ClassVar[str] = translatable(
        "Line {line} was refunded meanwhile; {left} of it is left. Look again before you refund it."
    )
    order_id: str
    line: int
    left: str


@define(slots=False, repr=False)
class RefundDisputed(Conflict):
    """The buyer's bank disputes the payment, or did, and the provider refunds nothing of it."""

    code: ClassVar[str] = "refund_disputed"
    template: ClassVar[str] = translatable(
        "The buyer's bank disputed this payment; it can be refunded only if the dispute is won."
    )
    order_id: str


@define(slots=False, repr=False)
class ConflictOfInterest(Conflict):
    """Somebody who looks after the marketplace would decide on money of their own."""

    code: ClassVar[str] = "conflict_of_interest"
    template: ClassVar[str] = translatable(
        "You bought this or owe it yourself, so somebody else has to decide."
    )
    order_id: str


@define(slots=False, repr=False)
class EvidenceSent(Conflict):
    """The bank of a buyer has evidence for a dispute already, and looks at it once."""

    code: ClassVar[str] = "evidence_sent"
    template: ClassVar[str] = translatable(
        "Evidence for dispute {dispute_id} was sent before; the bank looks at it once."
    )
    dispute_id: str


@define(slots=False, repr=False)
class RefundUnassigned(Conflict):
    """A refund that was made at the provider belongs to no line yet."""

    code: ClassVar[str] = "refund_unassigned"
    template: ClassVar[str] = translatable(
        "Refund {refund_id} was made at the payment provider; say first which lines it is for."
    )
    order_id: str
    refund_id: str


@define(slots=False, repr=False)
class NothingOwed(Conflict):
    """A seller owes nothing of an order, so that nothing can be written off."""

    code: ClassVar[str] = "nothing_owed"
    template: ClassVar[str] = translatable("Seller {seller_id} owes nothing of order {order_id}.")
    order_id: str
    seller_id: str


@define(slots=False, repr=False)
class RefundTooLarge(Conflict):
    """More than somebody of the support may refund of an order."""

    code: ClassVar[str] = "refund_too_large"
    template: ClassVar[str] = translatable(
        "You may refund at most {most} of this order; ask an admin for more."
    )
    most: str


@define(slots=False, repr=False)
class RefundWindowOver(Conflict):
    """A buyer asks for a refund later than the marketplace lets them."""

    code: ClassVar[str] = "refund_window_over"
    template: ClassVar[str] = translatable(
        "You could ask for a refund until {until}; write to the seller or the marketplace."
    )
    until: datetime


@define(slots=False, repr=False)
class RefundRequestedBefore(Conflict):
    """A buyer asks again for a refund that they have asked for, or that was refused."""

    code: ClassVar[str] = "refund_requested_before"
    template: ClassVar[str] = translatable(
        "You have asked for a refund of line {line} before; see the order for what became of it."
    )
    order_id: str
    line: int


@define(slots=False, repr=False)
class RefundRequestOver(Conflict):
    """A buyer's request was answered or withdrawn, or nothing is left to refund."""

    code: ClassVar[str] = "refund_request_over"
    template: ClassVar[str] = translatable(
        "No request for a refund of line {line} waits for an answer any more."
    )
    order_id: str
    line: int
