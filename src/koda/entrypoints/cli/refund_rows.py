"""Refunds, requests for them, losses and debts given up, as commands tell them."""

from koda.domain.model.refund_causes import cause_of
from koda.domain.model.requested_refunds import RequestedRefund
from koda.domain.model.settlements import LineLoss, LineRefund, OwedShare, Settlement
from koda.domain.model.validation import one_line
from koda.domain.model.write_offs import WriteOff


def request_line(request: RequestedRefund) -> str:
    """A buyer's request for a refund, for a person."""
    answer = (
        f", by {request.answer.by}: {one_line(request.answer.reason)}" if request.answer else ""
    )
    return f"refund of line {request.line} {request.state}: {one_line(request.reason)}{answer}"


def request_row(request: RequestedRefund) -> dict[str, object]:
    """A buyer's request for a refund, for a program."""
    answer = request.answer
    return {
        "line": request.line,
        "reason": request.reason,
        "asked_at": request.asked_at.isoformat(),
        "answer_by": request.answer_by.isoformat(),
        "state": request.state,
        "answered_by": answer and answer.by,
        "answered_at": answer and answer.at.isoformat(),
        "answer": answer and answer.reason,
    }


def refund_line(refund: LineRefund, settlement: Settlement) -> str:
    """A refund of a line, for a person."""
    given_up = f"given up ({refund.given_up})" if refund.given_up else None
    state = given_up or refund.waits or refund.state
    names = refund.refund_id or "refunded", state
    decision = refund.decision
    cause = cause_of(refund, settlement).value.replace("_", " ")
    why = f", by {decision.by}: {one_line(decision.reason)}" if decision else f", {cause}"
    return f"{refund.amount} of line {refund.line} {': '.join(filter(None, names))}{why}"


def refund_row(refund: LineRefund, settlement: Settlement) -> dict[str, object]:
    """A refund of a line, for a program."""
    decision = refund.decision
    return {
        "line": refund.line,
        "amount": refund.amount.minor,
        "fee": refund.fee.minor,
        "refund_id": refund.refund_id,
        "state": refund.state,
        "waits": refund.waits,
        "elsewhere": refund.elsewhere,
        "given_up": refund.given_up,
        "cause": cause_of(refund, settlement),
        "decided_by": decision and decision.by,
        "decided_at": decision and decision.at.isoformat(),
        "reason": decision and decision.reason,
    }


def loss_row(loss: LineLoss, settlement: Settlement) -> dict[str, object]:
    """What a lost dispute took of a line, for a program."""
    return {
        "dispute_id": loss.dispute_id,
        "line": loss.line,
        "amount": loss.amount.minor,
        "won_back": loss.dispute_id in settlement.overturned,
    }


def write_off_row(made: WriteOff) -> dict[str, object]:
    """A debt that was given up, for a program, and what is `left` of that."""
    return {
        "seller_id": made.seller_id,
        "amount": made.amount.minor,
        "by": made.decision.by,
        "at": made.decision.at.isoformat(),
        "reason": made.decision.reason,
        "left": made.left.minor,
    }


def owed_line(owed: OwedShare) -> str:
    """What a seller owes of an order, for a person."""
    again_at = owed.refusals.again_at
    asked = f", asked for again {again_at:%Y-%m-%d %H:%M:%S} UTC" if again_at else ""
    return f"{owed.amount} owed by {owed.seller_id}{asked}"


def owed_row(owed: OwedShare) -> dict[str, object]:
    """What a seller owes of an order, for a program."""
    again_at = owed.refusals.again_at
    return {
        "seller_id": owed.seller_id,
        "amount": owed.amount.minor,
        "attempts": owed.refusals.count,
        "again_at": again_at and again_at.isoformat(),
    }
