"""A payment provider in memory: checkout sessions, accounts and the money between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from attrs import define, evolve, field

from koda.adapters.memory.provider_messages import Headers
from koda.adapters.memory.provider_money import PLATFORM, SERVICE
from koda.adapters.memory.provider_records import Session
from koda.adapters.memory.provider_undoing import MemoryUndoing
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import NotFound, PaymentRefused, Unavailable, WrongState
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import (
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    RefundId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.payments import PaymentState
from koda.domain.model.sentences import sentence

__all__ = ["PLATFORM", "MemoryProvider"]

_ANSWER_TIME = timedelta(days=7)
"""In which evidence in a dispute can be sent."""


@define(eq=False)
class MemoryProvider(MemoryUndoing):
    """What `MemoryPayments`, `MemoryPayoutAccounts` and `MemoryPaymentWebhooks` look at.

    Its methods are the outside world: the buyer at the checkout page, the seller at the onboarding
    page, the provider's own decisions and its outages. `transfers`, `refunds`, `disputes` and
    `balance` show the money, and `ledger` why the marketplace's changed; a charge is captured a
    second after it is paid. `secret` signs messages; `url` begins the addresses of pages that
    nobody serves; `countries` are those whose sellers can be paid.
    """

    warnings: dict[FraudWarningId, FraudWarning] = field(factory=dict, init=False)
    _down: bool = field(default=False, init=False)
    _losing: int = field(default=0, init=False)

    @property
    def page_origins(self) -> frozenset[str]:
        """The origin of its pages."""
        return frozenset({self.url})

    # --- answering --------------------------------------------------------------------------------

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """One call of an adapter: alone, and unanswered during an outage."""
        with self._lock:
            if self._down:
                raise Unavailable(SERVICE)
            yield
            if self._losing:
                self._losing -= 1
                raise Unavailable(SERVICE)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Answer nothing, and do nothing, inside the block."""
        self._down = True
        try:
            yield
        finally:
            self._down = False

    def lose_answers(self, times: int = 1) -> None:
        """Do what the next calls ask, and lose the answers."""
        self._losing = times

    # --- the buyer at the checkout page -----------------------------------------------------------

    def session(self, session_id: CheckoutSessionId) -> Session:
        """Return a session as it is now.

        Raises:
            NotFound: no such session.
        """
        session = self.sessions.get(session_id)
        if session is None:
            raise NotFound("checkout session", session_id)
        return session.seen_at(self.clock())

    def pay(self, session_id: CheckoutSessionId) -> None:
        """The buyer pays at once."""
        with self._lock:
            session = self._require(session_id, PaymentState.OPEN, "pay")
            self._charge(session)

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's bank refuses; the session stays open for another try."""
        with self._lock:
            self._keep(self._require(session_id, PaymentState.OPEN, "decline"))

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer pays by a method that takes days; `settle` tells how it ended."""
        with self._lock:
            session = self._require(session_id, PaymentState.OPEN, "pay")
            self._keep(session.charged(PaymentState.PROCESSING))

    def pay_by_voucher(self, session_id: CheckoutSessionId) -> None:
        """The buyer takes a voucher to a shop; there is no charge until `settle`."""
        with self._lock:
            session = self._require(session_id, PaymentState.OPEN, "pay")
            self._keep(evolve(session, state=PaymentState.PROCESSING))

    def settle(self, session_id: CheckoutSessionId, *, succeed: bool = True) -> None:
        """A payment by a slow method arrives, or does not."""
        with self._lock:
            session = self._require(session_id, PaymentState.PROCESSING, "settle")
            if succeed:
                self._charge(session)
            else:
                self._keep(evolve(session, state=PaymentState.FAILED))

    def expire(self, session_id: CheckoutSessionId) -> None:
        """The session closes unpaid."""
        with self._lock:
            session = self._require(session_id, PaymentState.OPEN, "expire")
            self._keep(evolve(session, state=PaymentState.EXPIRED))

    def event_of(self, session_id: CheckoutSessionId, copy: int = 1) -> tuple[bytes, Headers]:
        """The signed message about what last happened to a session.

        The same again for the same happening; another `copy` is another message of the same.
        """
        state = self.session(session_id).state
        if state is PaymentState.OPEN:
            raise WrongState("checkout session", session_id, state, "announce")
        return self._message(f"checkout.{state}", "session", session_id, copy)

    def charge_event_of(
        self, session_id: CheckoutSessionId, copy: int = 1
    ) -> tuple[bytes, Headers]:
        """The signed message about what last happened to the charge of a session.

        Raises:
            WrongState: nothing happened to it yet; a charge is captured a second after it is paid.
        """
        with self._lock:
            session = self.session(session_id)
            self._note_capture(session)
            happened = [
                happening for happening in self._happened if happening[2] == session.charge_id
            ]
            if not happened:
                raise WrongState("checkout session", session_id, session.state, "announce")
            return self._message(*happened[-1], copy)

    def _note_capture(self, session: Session) -> None:
        if session.captured_at(self.clock()):
            self._note("captured", "charge", session.charge_id)

    def messages(self) -> tuple[tuple[bytes, Headers], ...]:
        """The signed messages about all that happened so far, in that order."""
        with self._lock:
            now = self.clock()
            for session in list(self.sessions.values()):
                if session.seen_at(now) != session:
                    self._keep(session.seen_at(now))
                self._note_capture(session)
            return tuple(self._message(*happening, 1) for happening in self._happened)

    def _keep(self, session: Session) -> Session:
        self.sessions[session.id] = session
        if session.state is not PaymentState.OPEN:
            self._note(f"checkout.{session.state}", "session", session.id)
        return session

    def _require(self, session_id: CheckoutSessionId, state: PaymentState, step: str) -> Session:
        session = self.session(session_id)
        if session.state is not state:
            raise WrongState("checkout session", session_id, session.state, step)
        return session

    def _charge(self, session: Session) -> None:
        """Give a session's money to its seller and the marketplace, or to the latter."""
        now = self.clock()
        self._keep(session.charged(PaymentState.PAID, now))
        destination, total, fee = session.destination, session.amount, session.order.fee
        self.put(PLATFORM, fee if destination else total)
        self.take(PLATFORM, self.ledger.write_charge(session, now))
        if destination:
            self.put(destination, total - fee)

    # --- by hand, on the provider's own site ------------------------------------------------------

    def refund(self, session_id: CheckoutSessionId, amount: Money | None = None) -> RefundId:
        """Somebody refunds `amount`, or all that is left, by hand.

        The marketplace bears it, whoever was paid.

        Raises:
            WrongState: the session is not paid.
            PaymentRefused: it is more than is left of the payment.
        """
        with self._lock:
            session = self._require(session_id, PaymentState.PAID, "refund")
            request = Refund(
                session.order.id,
                session.charge_id,
                f"by-hand-{len(self.refunds) + 1}",
                amount or self.payment(session).kept,
                session.destination,
                seller_pays=False,
            )
            return self.give_back(request, self.clock(), by_hand=True).id

    def dispute(
        self,
        session_id: CheckoutSessionId,
        amount: Money | None = None,
        state: DisputeState = DisputeState.OPEN,
    ) -> DisputeId:
        """The buyer's bank takes `amount` of a payment, or all that is left, from the marketplace.

        `move_dispute` tells how it goes on. One that begins as an inquiry, or was prevented, takes
        nothing.

        Raises:
            WrongState: the session is not paid.
            PaymentRefused: it is more than is left of the payment.
        """
        with self._lock:
            session = self._require(session_id, PaymentState.PAID, "dispute")
            left = self.payment(session).left
            disputed = amount or left
            if not left.minor or disputed > left:
                raise PaymentRefused(sentence("more than is left of the payment"))
            return self.open_dispute(session, disputed, state, self.clock() + _ANSWER_TIME)

    def warn_of_fraud(self, session_id: CheckoutSessionId, kind: str = "misc") -> FraudWarningId:
        """The issuer of the card that paid fears fraud.

        Raises:
            WrongState: the session is not paid.
        """
        with self._lock:
            session = self._require(session_id, PaymentState.PAID, "warn of")
            warning_id = FraudWarningId(f"efw_{session.order.id}_{len(self.warnings) + 1}")
            warning = FraudWarning(warning_id, session.order.id, kind, self.clock())
            self.warnings[warning_id] = warning
            self._note("warned", "warning", warning_id)
            return warning_id

    def warning_event(self, warning_id: FraudWarningId, copy: int = 1) -> tuple[bytes, Headers]:
        """The signed message about a warning; another `copy` is another message."""
        return self._message("warned", "warning", warning_id, copy)
