"""Payments at Stripe."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import stripe
from attrs import frozen
from stripe.checkout import Session

from koda.adapters.stripe.charges import CHARGE, with_charge
from koda.adapters.stripe.checkout import (
    CheckoutPages,
    charge_of,
    checkout_of,
    order_of,
    payment_of,
    session_params,
)
from koda.adapters.stripe.errors import KeyReused, translated
from koda.adapters.stripe.evidence import submit
from koda.adapters.stripe.fraud_warnings import find_warning, warnings_of
from koda.adapters.stripe.keys import PAGE, id_of, keyed, matches
from koda.adapters.stripe.lost_orders import order_from
from koda.adapters.stripe.notes import ORDER_NOTE, note
from koda.adapters.stripe.ranges import seconds_of
from koda.adapters.stripe.refunds import give_back
from koda.adapters.stripe.transfers import pass_on, passed_on, take_back, transferred
from koda.adapters.stripe.unreadable import read, read_session
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import NotFound, PaymentRefused
from koda.domain.model.evidence import Evidence
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import (
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
)
from koda.domain.model.movements import (
    Refund,
    Reversal,
    ReversalMade,
    Transfer,
    TransferMade,
    TransferSeen,
)
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import Unreadable, UnreadableKind
from koda.ports.payments import Payments

_CHARGE = tuple(
    f"payment_intent.latest_charge.{part}" for part in ("refunds", "transfer", "application_fee")
)
"""What a session is expanded with: the most levels that Stripe expands in a list."""
_SOON = timedelta(days=1)
"""Longer than it takes after an order was made until its session is opened."""
CHECKOUT = frozenset({"https://checkout.stripe.com"})
"""Where Stripe's own pages for paying live."""


@frozen
class StripePayments(Payments):
    """Takes money by Checkout Sessions and passes it on by Connect.

    One seller is paid by a destination charge, several by transfers from the charge. Stripe may
    forget an idempotency key after a day, so what moves money first looks whether it was done: by
    the metadata that every object of Koda's carries. Payments are known by their charge, since
    transfers, fees, refunds and disputes all name that.
    """

    client: stripe.StripeClient
    pages: CheckoutPages
    page_origins: frozenset[str] = CHECKOUT

    def open_checkout(self, order: Order, expires_at: datetime) -> CheckoutSession:
        params = session_params(order, expires_at, self.pages)
        try:
            with translated():
                key = keyed(f"koda:checkout:{order.id}")
                return checkout_of(self.client.v1.checkout.sessions.create(params, key))
        except KeyReused:
            return self._opened_before(order)

    def _opened_before(self, order: Order) -> CheckoutSession:
        """The session of an order that was opened with another end or other pages."""
        with translated():
            for session in self._sessions(Period(order.created_at, order.created_at + _SOON)):
                if order_of(session) == order.id:
                    return checkout_of(session)
        raise KeyReused

    def close_checkout(self, session_id: CheckoutSessionId) -> Payment:
        self.find(session_id)  # so that a stranger's session is never closed
        try:
            with translated():
                # An answer without an id is none of Stripe's.
                id_of(self.client.v1.checkout.sessions.expire(session_id))
        except PaymentRefused:
            payment = self.find(session_id)
            if payment.state is PaymentState.OPEN:
                raise
            return payment
        return self.find(session_id)

    def find(self, session_id: CheckoutSessionId) -> Payment:
        unknown = NotFound("checkout session", session_id)
        if not matches("cs", session_id):
            raise unknown
        with translated(unknown):
            session = self.client.v1.checkout.sessions.retrieve(session_id, {"expand": [*_CHARGE]})
            payment = read_session(session_id, session, partial(self._listed, session))
        if payment is None:
            raise unknown
        return payment

    def _payment_of(self, session: Session, order_id: OrderId) -> Payment:
        payment, charge = payment_of(session, order_id), charge_of(session)
        return payment if charge is None else with_charge(self.client, payment, charge)

    def order_of(self, payment_id: PaymentId) -> OrderId:
        unknown = NotFound("payment", payment_id)
        if not matches(CHARGE, payment_id):
            raise unknown
        with translated(unknown):
            order_id = note(self.client.v1.charges.retrieve(payment_id), ORDER_NOTE)
        if not order_id:
            raise unknown
        return OrderId(order_id)

    def order_sold(self, session_id: CheckoutSessionId) -> Order:
        unknown = NotFound("checkout session", session_id)
        if not matches("cs", session_id):
            raise unknown
        with translated(unknown):
            session = self.client.v1.checkout.sessions.retrieve(session_id)
            listed = self.client.v1.checkout.sessions.line_items.list(session_id, {"limit": PAGE})
            reading = partial(order_from, session, listed.auto_paging_iter())
            order = read_session(session_id, session, reading)
        if order is None:
            raise unknown
        return order

    def pass_on(self, transfers: Sequence[Transfer]) -> tuple[TransferMade | PaymentRefused, ...]:
        return pass_on(self.client, transfers)

    def passed_on(self, order_id: OrderId) -> Sequence[TransferSeen]:
        return passed_on(self.client, order_id)

    def transferred(self, period: Period) -> Iterator[TransferSeen | Unreadable]:
        return transferred(self.client, period)

    def reverse(self, reversal: Reversal) -> ReversalMade:
        return take_back(self.client, reversal)

    def refund(self, refund: Refund) -> ChargeRefund:
        return give_back(self.client, refund)

    def submit_evidence(self, dispute_id: DisputeId, evidence: Evidence) -> None:
        submit(self.client, dispute_id, evidence)

    def fraud_warning(self, warning_id: FraudWarningId) -> FraudWarning:
        return find_warning(self.client, warning_id)

    def fraud_warnings(self, period: Period) -> Iterator[FraudWarning | Unreadable]:
        return warnings_of(self.client, period)

    def opened(self, period: Period) -> Iterator[Payment | Unreadable]:
        with translated():
            for session in self._sessions(period):
                reading = partial(self._listed, session)
                payment = read(UnreadableKind.PAYMENT, session, reading)
                if payment is not None:
                    yield payment

    def _listed(self, session: Session) -> Payment | None:
        """The payment of a session, if it is one of ours."""
        order_id = order_of(session)
        return None if order_id is None else self._payment_of(session, order_id)

    def _sessions(self, period: Period) -> Iterator[Session]:
        since, until = seconds_of(period)
        pages = self.client.v1.checkout.sessions.list(
            {
                "created": {"gte": since, "lt": until},
                "expand": [f"data.{part}" for part in _CHARGE],
                "limit": PAGE,
            }
        )
        yield from pages.auto_paging_iter()
