"""What a buyer does with a Checkout session: pay, be declined, pay later, or let it expire."""

from paysandbox.errors import ApiError, Json
from paysandbox.resources.intents import attempt, fail, open_intent, succeed
from paysandbox.resources.vouchers import DETAILS, hand_out, let_expire, pay_voucher
from paysandbox.world import World


def _check_open(session: Json) -> None:
    """Refuse a session that is complete or expired.

    Raises:
        ApiError: it is not open.
    """
    if session["status"] != "open":
        message = f"This Checkout Session is {session['status']}; only open ones can be changed."
        raise ApiError(message, code="checkout_session_not_open")


def pay(world: World, session: Json) -> Json:
    """The buyer pays by card, and the payment succeeds."""
    return _complete(world, session, "succeeded")


def pay_later(world: World, session: Json) -> Json:
    """The buyer chooses a method that settles later: complete, and not paid."""
    return _complete(world, session, "pending")


def pay_by_voucher(world: World, session: Json) -> Json:
    """The buyer takes a voucher along: complete, and not paid; there is no charge yet."""
    return _complete(world, session, "voucher")


def decline(world: World, session: Json) -> Json:
    """The buyer's card is declined; the session stays open."""
    _check_open(session)
    with world.state.transaction():
        intent = attempt(world, _intent(world, session), "failed")
        return world.save(session | {"payment_intent": intent["id"]})


def _complete(world: World, session: Json, outcome: str) -> Json:
    _check_open(session)
    details: Json = {
        "address": None,
        "business_name": None,
        "email": session["customer_email"] or "buyer@example.com",
        "individual_name": None,
        "name": "Sample Buyer",
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    completed = session | {"status": "complete", "url": None, "customer_details": details}
    with world.state.transaction():
        if session["amount_total"]:
            intent = _try(world, session, outcome)
            paid = "paid" if outcome == "succeeded" else "unpaid"
            completed |= {"payment_intent": intent["id"], "payment_status": paid}
        saved = world.save(completed)
        event = world.emit("checkout.session.completed", saved)
        return world.save(saved | {"_completed_by": event["id"]})


def _try(world: World, session: Json, outcome: str) -> Json:
    intent = _intent(world, session)
    if outcome == "voucher":
        return hand_out(world, intent, f"{world.url}/pay/{session['id']}")
    return attempt(world, intent, outcome)


def _intent(world: World, session: Json) -> Json:
    if session["payment_intent"] is not None:
        return world.load("payment_intent", session["payment_intent"])
    data = session["_payment"] | {"receipt_email": session["customer_email"]}
    return open_intent(world, session["amount_total"], session["currency"], data)


def settle(world: World, session: Json, *, succeed_now: bool = True) -> Json:
    """What was to be paid later arrives, or fails.

    Raises:
        ApiError: the session does not wait for a payment.
    """
    intent = waiting_intent(world, session)
    if intent is None:
        raise ApiError("This Checkout Session does not wait for a payment to settle.")
    with world.state.transaction():
        if intent["status"] == "requires_action":
            (pay_voucher if succeed_now else let_expire)(world, intent)
        else:
            charge = world.load("charge", intent["latest_charge"])
            (succeed if succeed_now else fail)(world, intent, charge)
        return _settled(world, session, succeed_now=succeed_now)


def waiting_intent(world: World, session: Json) -> Json | None:
    """The payment intent of a session that waits for its payment, or nothing."""
    intent = world.state.get("payment_intent", session["payment_intent"] or "")
    waits = intent is not None and intent["status"] in {"processing", "requires_action"}
    return intent if waits else None


def _settled(world: World, session: Json, *, succeed_now: bool) -> Json:
    if not succeed_now:
        world.emit("checkout.session.async_payment_failed", session)
        return session
    saved = world.save(session | {"payment_status": "paid"})
    world.emit("checkout.session.async_payment_succeeded", saved)
    return saved


def expire(world: World, session: Json) -> Json:
    """Nobody paid in time."""
    _check_open(session)
    with world.state.transaction():
        saved = world.save(session | {"status": "expired", "url": None})
        world.emit("checkout.session.expired", saved)
    return saved


def expire_overdue(world: World) -> None:
    """Expire the open sessions and the vouchers whose time has passed."""
    now = world.clock.now()
    ends = f"next_action.{DETAILS}.expires_at"
    for intent in world.state.past("payment_intent", ends, now, status="requires_action"):
        [waiting] = world.state.find("checkout.session", payment_intent=intent["id"])
        settle(world, waiting, succeed_now=False)
    for session in world.state.past("checkout.session", "expires_at", now, status="open"):
        expire(world, session)
