"""The life of a refund: made, paid from the platform's balance, and how it ends."""

from paysandbox.errors import ApiError, Json
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, WORLD, Posting
from paysandbox.resources.captures import is_captured
from paysandbox.resources.reversals import fee_of, refund_share, reverse
from paysandbox.world import World

_ANSWER_TIME = 45 * 24 * 3600
"""Seconds that a buyer has to say where the money goes."""

_PLAN = "refund_plan"
_STATUSES = frozenset({"succeeded", "pending", "requires_action", "failed"})
_REASONS = frozenset({"processing", "insufficient_funds", "charge_pending"})


def plan_refund(world: World, status: str, reason: str | None = None) -> None:
    """Decide how the next refund goes that is not planned yet.

    Args:
        world: the sandbox.
        status: `succeeded`; `pending` or `requires_action` until it is settled by hand; `failed`
            a moment after it was made.
        reason: of `pending`: `processing` (as unless given), `insufficient_funds` or
            `charge_pending`; of `failed`: a `failure_reason` of Stripe's.

    Raises:
        ValueError: no such status, or no such reason to wait.
    """
    if status not in _STATUSES:
        raise ValueError(f"A refund is planned as {', '.join(sorted(_STATUSES))}, not {status}")
    if status == "pending" and (reason or "processing") not in _REASONS:
        raise ValueError(f"A refund is pending for {', '.join(sorted(_REASONS))}, not {reason}")
    world.state.put(_PLAN, {"id": new_id("plan_"), "status": status, "reason": reason})


def take_plan(world: World) -> Json:
    """How the refund that is made now goes."""
    plan = world.state.first(_PLAN)
    if plan is None:
        return {"status": "succeeded", "reason": None}
    world.state.delete(_PLAN, plan["id"])
    return {"status": plan["status"], "reason": plan["reason"]}


def start(world: World, refund: Json) -> Json:
    """Bring a fresh refund as far as it goes: paid, or pending with a reason."""
    plan = refund["_plan"]
    reason = plan["reason"] or "processing"
    if plan["status"] == "pending" and reason != "processing":
        return world.save(refund | {"status": "pending", "pending_reason": reason})
    return _pay(world, refund)


def _pay(world: World, refund: Json) -> Json:
    charge = world.load("charge", refund["charge"])
    if not is_captured(charge):
        return world.save(refund | {"status": "pending", "pending_reason": "charge_pending"})
    shared = _take_shares(world, charge, refund)
    currency, amount = _settlement(world, refund)
    if world.ledger.available_to(PLATFORM, currency) < amount:
        return world.save(shared | {"status": "pending", "pending_reason": "insufficient_funds"})
    return world.save(_paid(world, shared))


def _paid(world: World, refund: Json) -> Json:
    plan, rate = refund["_plan"], world.exchange.rate_of(refund["currency"])
    currency, amount = _settlement(world, refund)
    [transaction] = world.ledger.post(
        currency,
        Posting(PLATFORM, -amount, "refund", refund["id"], rate=rate),
        Posting(WORLD, amount),
    )
    paid = _without_reason(refund) | {"balance_transaction": transaction}
    if plan["status"] == "requires_action":
        return paid | {"status": "requires_action", "next_action": _ask_buyer(world, paid)}
    if plan["status"] == "succeeded":
        return paid | {"status": "succeeded"}
    return paid | {"status": "pending", "pending_reason": "processing"}


def _settlement(world: World, refund: Json) -> tuple[str, int]:
    """The currency in which the platform pays a refund, and how much."""
    charged, exchange = refund["currency"], world.exchange
    return exchange.currency_of(charged), exchange.settled(refund["amount"], charged)


def _ask_buyer(world: World, refund: Json) -> Json:
    now = world.clock.now()
    charge = world.load("charge", refund["charge"])
    mail = {
        "email_sent_at": now,
        "email_sent_to": charge["receipt_email"] or "buyer@example.com",
    }
    details = {"email_sent": mail, "expires_at": now + _ANSWER_TIME}
    return {"type": "display_details", "display_details": details}


def _without_reason(refund: Json) -> Json:
    gone = {"pending_reason", "next_action"}
    return {name: value for name, value in refund.items() if name not in gone}


def _take_shares(world: World, charge: Json, refund: Json) -> Json:
    """Reverse the destination's share and give the fee's back, once."""
    shares = refund["_shares"]
    if shares is None:
        return refund
    transfer = world.load("transfer", charge["transfer"])
    returned, whole = shares["returned"], charge["amount"]
    if shares["fee"] and (fee := fee_of(world, transfer)) is not None:
        refund_share(world, fee, returned, whole)
    reversals = world.state.find("transfer_reversal", transfer=transfer["id"])
    came_back = sum(made["amount"] for made in reversals if _stands(world, made["source_refund"]))
    share = transfer["amount"] * returned // whole - came_back
    due = min(share, transfer["amount"] - transfer["amount_reversed"])
    taken = refund | {"_shares": None}
    if due <= 0:
        return taken
    reversal = reverse(world, transfer, due, refund_id=refund["id"])
    return taken | {"transfer_reversal": reversal["id"]}


def undone(refund: Json) -> bool:
    """Whether the buyer gets nothing by a refund."""
    return refund["status"] in {"failed", "canceled"}


def _stands(world: World, refund_id: str | None) -> bool:
    """Whether a refund took a reversal's money, and did not fail since."""
    return refund_id is not None and not undone(world.load("refund", refund_id))


def settle_refund(world: World, refund: Json, status: str, reason: str | None = None) -> Json:
    """End a refund by hand.

    Args:
        world: the sandbox.
        refund: one that can still end so: only `failed` can follow on `succeeded`.
        status: `succeeded` (paid whatever the balance), `failed` or `canceled`.
        reason: of a failure, in Stripe's words.

    Raises:
        ApiError: it has ended, or its charge waits for its capture.
    """
    before = refund["status"]
    if undone(refund) or (before == "succeeded" and status != "failed"):
        raise ApiError(f"Refund {refund['id']} is {before} and cannot become {status}.")
    with world.state.transaction():
        if status == "succeeded":
            ended = world.save(_succeed(world, refund))
        else:
            ended = _undo(world, refund, status, reason or "unknown")
        tell_change(world, ended, before)
    return ended


def _succeed(world: World, refund: Json) -> Json:
    charge = world.load("charge", refund["charge"])
    if not is_captured(charge):
        raise ApiError(f"Charge {charge['id']} waits for its capture.")
    plain = refund | {"_plan": {"status": "succeeded", "reason": None}}
    if refund["balance_transaction"] is None:
        return _paid(world, _take_shares(world, charge, plain))
    return _without_reason(plain) | {"status": "succeeded"}


def _undo(world: World, refund: Json, status: str, reason: str) -> Json:
    """What was paid is the platform's again, and of the charge that much more can be refunded."""
    amount = refund["amount"]
    ended = _without_reason(refund) | {"status": status}
    if status == "failed":
        ended |= {"failure_reason": reason}
    if refund["balance_transaction"] is not None:
        currency, back = _settlement(world, refund)
        [transaction] = world.ledger.post(
            currency,
            Posting(WORLD, -back),
            Posting(PLATFORM, back, "refund_failure", refund["id"]),
        )
        ended |= {"failure_balance_transaction": transaction}
    charge = world.load("charge", refund["charge"])
    world.save(charge | {"amount_refunded": charge["amount_refunded"] - amount, "refunded": False})
    return world.save(ended)


def tell_change(world: World, refund: Json, before: str) -> None:
    """Tell of a refund whose status was another."""
    previous = {"status": before}
    if refund["status"] == "failed":
        world.emit("refund.failed", refund, previous=previous)
    world.emit("refund.updated", refund, previous=previous)
    world.emit("charge.refund.updated", refund, previous=previous)


def move_pending(world: World) -> None:
    """Let pending refunds fail that are to, and pay those whose reason to wait is gone."""
    for refund in world.state.find("refund", status="pending"):
        plan = refund["_plan"]
        if plan["status"] == "failed":
            settle_refund(world, refund, "failed", plan["reason"])
        elif plan["status"] != "pending" and refund["balance_transaction"] is None:
            _try_again(world, refund)


def _try_again(world: World, refund: Json) -> None:
    moved = _pay(world, refund)
    if moved["status"] != "pending":
        tell_change(world, moved, "pending")
