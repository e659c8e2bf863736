"""The steps and lines of an order, as commands tell them."""

from koda.domain.model.order_lines import OrderLine
from koda.domain.model.purchases import Purchase
from koda.domain.model.validation import one_line
from koda.domain.usecases.administration.order_steps import OrderStep


def step_line(step: OrderStep) -> str:
    """A step of an order's history, for a person."""
    line = f"line {step.line}" if step.line else None
    by = f"by {step.by}" if step.by else None
    about: tuple[object, ...] = step.dispute, step.amount, line, step.reference, by
    if step.purchase:
        about = step.purchase.id, step.purchase.state
    elif step.message:
        about = step.message.name, step.message.event_id, step.message.state
    elif step.entry:
        entry = step.entry
        about = entry.cause, entry.amount, entry.seller_id, entry.reference
    told = " ".join(str(word) for word in (step.kind, *about) if word)
    why = f": {one_line(step.reason)}" if step.reason else ""
    return f"{step.at:%Y-%m-%d %H:%M:%S} UTC  {told}{why}"


def step_row(step: OrderStep) -> dict[str, object]:
    """A step of an order's history, for a program."""
    entry, message = step.entry, step.message
    amount = entry.amount if entry else step.amount
    return {
        "at": step.at.isoformat(),
        "kind": step.kind,
        "purchase_id": step.purchase and step.purchase.id,
        "state": step.purchase.state if step.purchase else step.dispute,
        "message_id": message and message.event_id,
        "message": message and message.name,
        "cause": entry and entry.cause,
        "amount": amount and amount.minor,
        "seller_id": entry and entry.seller_id,
        "reference": entry.reference if entry else step.reference,
        "line": entry.line if entry else step.line,
        "by": step.by,
        "reason": step.reason,
    }


def bought_line(line: OrderLine, purchase: Purchase | None) -> str:
    """A line of an order and what is left of its price, for a person."""
    state = purchase.state if purchase else "not bought"
    told = f"line {line.number}  {one_line(line.title)}  {state}  {line.price}"
    if purchase and purchase.returned.amount.minor:
        return f"{told}, {purchase.returned.amount} went back, {purchase.remaining.amount} left"
    return told


def bought_row(line: OrderLine, purchase: Purchase | None) -> dict[str, object]:
    """A line of an order and what is left of its price, for a program."""
    return {
        "line": line.number,
        "title": line.title,
        "seller_id": line.seller_id,
        "state": purchase and purchase.state,
        "price": line.price.minor,
        "fee": line.fee.minor,
        "returned": purchase and purchase.returned.amount.minor,
        "returned_fee": purchase and purchase.returned.fee.minor,
    }


def assign_hint(order_id: str, refund_id: str) -> str:
    """The command that says for which lines a refund is that belongs to none."""
    return f"koda refunds assign {order_id} {refund_id} --line NUMBER AMOUNT --why REASON"
