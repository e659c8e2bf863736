"""An order as a Checkout Session, and a Checkout Session as a payment."""

from datetime import UTC, datetime
from urllib.parse import quote

from attrs import evolve, frozen
from stripe import Charge, PaymentIntent
from stripe.checkout import Session
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsPaymentIntentData,
)

from koda.adapters.stripe.amounts import charge_units, from_stripe, to_stripe
from koda.adapters.stripe.keys import id_of
from koda.adapters.stripe.lost_orders import notes_of
from koda.adapters.stripe.notes import BUYER_NOTE, ORDER_NOTE, note
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, OrderId, PaymentId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.sentences import sentence

ORDER_PLACE = "{order_id}"
_ARRIVING = frozenset({"processing", "requires_action"})
"""An intent whose money is on its way; a voucher that waits for its buyer requires action."""


@frozen
class CheckoutPages:
    """The marketplace's pages to which Stripe sends the buyer; `{order_id}` is filled in."""

    success_url: str
    cancel_url: str

    def of(self, order: Order) -> tuple[str, str]:
        """Where the buyer of `order` goes after paying, and after turning back."""
        order_id = quote(order.id, safe="")
        return (
            self.success_url.replace(ORDER_PLACE, order_id),
            self.cancel_url.replace(ORDER_PLACE, order_id),
        )


def session_params(order: Order, expires_at: datetime, pages: CheckoutPages) -> SessionCreateParams:
    """The session that charges `order`.

    Raises:
        PaymentRefused: an amount that Stripe does not take.
    """
    charge_units(order.total)
    success_url, cancel_url = pages.of(order)
    return {
        "mode": "payment",
        "line_items": [_line_item(line) for line in order.lines],
        "client_reference_id": order.id,
        "metadata": {ORDER_NOTE: order.id, BUYER_NOTE: order.buyer_id},
        "payment_intent_data": _charge(order),
        "expires_at": int(expires_at.timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }


def _line_item(line: OrderLine) -> SessionCreateParamsLineItem:
    return {
        "quantity": 1,
        "metadata": notes_of(line),
        "price_data": {
            "currency": line.price.currency.lower(),
            "unit_amount": to_stripe(line.price),
            "product_data": {"name": line.title},
        },
    }


def _charge(order: Order) -> SessionCreateParamsPaymentIntentData:
    """Metadata of a session is not copied to its payment, so that it is given twice."""
    charge: SessionCreateParamsPaymentIntentData = {
        "metadata": {ORDER_NOTE: order.id},
        "transfer_group": order.id,
    }
    if order.destination is None:
        return charge
    charge["transfer_data"] = {"destination": order.destination}
    if order.fee.minor:
        charge["application_fee_amount"] = to_stripe(order.fee)
    return charge


def checkout_of(session: Session) -> CheckoutSession:
    """Where the buyer pays.

    Raises:
        PaymentRefused: the session is closed.
    """
    if session.url is None:
        raise PaymentRefused(sentence("the checkout of this order is closed"))
    closes = datetime.fromtimestamp(session.expires_at, UTC)
    return CheckoutSession(CheckoutSessionId(session.id), session.url, closes)


def order_of(session: Session) -> OrderId | None:
    """The order of ours that a session charges, or nothing if it is another system's."""
    order_id = note(session, ORDER_NOTE)
    return OrderId(order_id) if order_id else None


def payment_of(session: Session, order_id: OrderId) -> Payment:
    """The session, expanded with its payment intent, in Koda's words.

    What became of the charge is another matter: see `charge_of`.
    """
    intent = session.payment_intent
    payment = Payment(
        CheckoutSessionId(session.id),
        order_id,
        _state_of(session),
        from_stripe(session.amount_total or 0, session.currency or ""),
    )
    # A declined attempt leaves an intent on a session that is still open: nothing is paid by it.
    if session.status != "complete" or not isinstance(intent, PaymentIntent):
        return payment
    return _with_intent(payment, intent)


def charge_of(session: Session) -> Charge | None:
    """The charge that paid a session which was expanded with it, if there is one."""
    intent = session.payment_intent
    if session.status != "complete" or not isinstance(intent, PaymentIntent):
        return None
    return intent.latest_charge if isinstance(intent.latest_charge, Charge) else None


def _state_of(session: Session) -> PaymentState:
    match session.status:
        case "open":
            return PaymentState.OPEN
        case "expired":
            return PaymentState.EXPIRED
        case _ if session.payment_status != "unpaid":
            return PaymentState.PAID
    intent = session.payment_intent
    # Only a method that takes days, such as a debit or a voucher, leaves a complete session unpaid.
    arriving = isinstance(intent, PaymentIntent) and intent.status in _ARRIVING
    return PaymentState.PROCESSING if arriving else PaymentState.FAILED


def _with_intent(payment: Payment, intent: PaymentIntent) -> Payment:
    if intent.latest_charge is None:
        return payment
    charged = evolve(payment, payment_id=PaymentId(id_of(intent.latest_charge)))
    if intent.transfer_data is None:
        return charged
    return evolve(
        charged,
        destination=AccountId(id_of(intent.transfer_data.destination)),
        fee=from_stripe(intent.application_fee_amount or 0, intent.currency),
    )
