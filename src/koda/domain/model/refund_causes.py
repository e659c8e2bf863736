"""Why money goes back to a buyer."""

from enum import StrEnum

from koda.domain.model.settlements import LineRefund, Settlement


class RefundCause(StrEnum):
    """Why money goes back to a buyer.

    Somebody `decided` so; or by itself, since they `paid_twice` for a line or it was
    `undeliverable`; or by a refund that somebody made `elsewhere`, at the provider.
    """

    DECIDED = "decided"
    PAID_TWICE = "paid_twice"
    UNDELIVERABLE = "undeliverable"
    ELSEWHERE = "elsewhere"


def cause_of(refund: LineRefund, settlement: Settlement) -> RefundCause:
    """Return why a refund of a line is made, whose order is settled as `settlement` says."""
    if refund.elsewhere:
        return RefundCause.ELSEWHERE
    if refund.decision is not None:
        return RefundCause.DECIDED
    late = refund.line in settlement.undeliverable
    return RefundCause.UNDELIVERABLE if late else RefundCause.PAID_TWICE
