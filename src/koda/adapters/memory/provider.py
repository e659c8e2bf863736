"""A payment provider in memory: checkout sessions, accounts and the money between them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, evolve, field

from koda.adapters.memory.provider_accounts import MemoryAccounts
from koda.adapters.memory.provider_messages import Headers
from koda.adapters.memory.provider_records import Session
from koda.domain.model.errors import (
    NotFound,
    PaymentRefused,
    Unavailable,
    WrongState,
)
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    PaymentId,
    RefundId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.payments import PaymentState, Refund, Reversal, Transfer
from koda.domain.model.sentences import sentence

SERVICE = "payment provider"
PLATFORM = AccountId("platform")
"""Under this id the balance of the marketplace itself is kept."""


@define(eq=False)
class MemoryProvider(MemoryAccounts):
    """What `MemoryPayments`, `MemoryPayoutAccounts` and `MemoryPaymentWebhooks` look at.

    Its methods are the outside world: the buyer at the checkout page, the seller at the onboarding
    page, the provider's own decisions and its outages. `transfers`, `refunds`, `disputes` and
    `balance` show the money. `secret` signs messages; `url` begins the addresses of pages that
    nobody serves; `countries` are those whose sellers can be paid.
    """

    sessions: dict[CheckoutSessionId, Session] = field(factory=dict, init=False)
    transfers: dict[TransferId, Transfer] = field(factory=dict, init=False)
    reversals: dict[TransferId, list[Reversal]] = field(factory=dict, init=False)
    refunds: dict[RefundId, Refund] = field(factory=dict, init=False)
    disputes: dict[PaymentId, Money] = field(factory=dict, init=False)
    _balances: Counter[tuple[AccountId, str]] = field(factory=Counter, init=False)
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
            self._charge(self._keep(session.charged(PaymentState.PAID)))

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's bank refuses; the session stays open for another try."""
        with self._lock:
            self._keep(self._require(session_id, PaymentState.OPEN, "decline"))

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer pays by a method that takes days; `settle` tells how it ended."""
        with self._lock:
            session = self._require(session_id, PaymentState.OPEN, "pay")
            self._keep(session.charged(PaymentState.PROCESSING))

    def settle(self, session_id: CheckoutSessionId, *, succeed: bool = True) -> None:
        """A payment by a slow method arrives, or does not."""
        with self._lock:
            session = self._require(session_id, PaymentState.PROCESSING, "settle")
            state = PaymentState.PAID if succeed else PaymentState.FAILED
            session = self._keep(evolve(session, state=state))
            if succeed:
                self._charge(session)

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

    def messages(self) -> tuple[tuple[bytes, Headers], ...]:
        """The signed messages about all that happened so far, in that order."""
        with self._lock:
            now = self.clock()
            for session in list(self.sessions.values()):
                if session.seen_at(now) != session:
                    self._keep(session.seen_at(now))
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
        """Give a paid session's money to its seller and the marketplace, or to the latter."""
        destination, total, fee = session.destination, session.amount, session.order.fee
        self.put(PLATFORM, fee if destination else total)
        if destination:
            self.put(destination, total - fee)

    # --- the money --------------------------------------------------------------------------------

    def balance(self, account_id: AccountId, currency: str = "EUR") -> int:
        """What an account holds, in minor units; below zero where it owes."""
        return self._balances[account_id, currency]

    def pay_out(self, account_id: AccountId) -> None:
        """Send all that an account holds to its owner's bank."""
        with self._lock:
            for holder, currency in list(self._balances):
                if holder == account_id:
                    self._balances[holder, currency] = 0

    def put(self, account_id: AccountId, amount: Money) -> None:
        """Add `amount` to what an account holds."""
        self._balances[account_id, amount.currency] += amount.minor

    def take(self, account_id: AccountId, amount: Money) -> None:
        """Take `amount` from what an account holds; the marketplace's own may fall below zero.

        Raises:
            PaymentRefused: the seller has less.
        """
        if account_id != PLATFORM and self.balance(account_id, amount.currency) < amount.minor:
            raise PaymentRefused(sentence("the seller's balance is too low"))
        self._balances[account_id, amount.currency] -= amount.minor

    def refund(self, session_id: CheckoutSessionId, amount: Money | None = None) -> RefundId:
        """Somebody refunds `amount`, or all that is left, by hand on the provider's own site.

        The marketplace bears it, whoever was paid. Koda is told and does not follow it: its
        purchases stay as they are.

        Raises:
            WrongState: the session is not paid.
            PaymentRefused: it is more than is left of the payment.
        """
        with self._lock:
            session = self._require(session_id, PaymentState.PAID, "refund")
            part = f"by-hand-{len(self.refunds) + 1}"
            refund_id = RefundId(f"re_{session.order.id}_{part}")
            self.give_back(
                refund_id,
                Refund(
                    session.order.id,
                    session.charge_id,
                    part,
                    amount or self._left(session),
                    session.destination,
                    seller_pays=False,
                ),
            )
            return refund_id

    def dispute(self, session_id: CheckoutSessionId) -> None:
        """The buyer's bank takes a payment back from the marketplace, until the dispute is decided.

        Koda is told and does not follow it: its purchases stay as they are.

        Raises:
            WrongState: the session is not paid.
        """
        with self._lock:
            session = self._require(session_id, PaymentState.PAID, "dispute")
            payment_id = session.charge_id
            if payment_id not in self.disputes:
                self.disputes[payment_id] = self._left(session)
                self.take(PLATFORM, self.disputes[payment_id])
                self._note("charge.disputed", "charge", payment_id)

    def give_back(self, refund_id: RefundId, refund: Refund) -> None:
        """Keep a refund, and take its money from those who bear it.

        Raises:
            PaymentRefused: the payment has less left, or did not pay that seller.
        """
        session = self.paid(refund.payment_id)
        if refund.destination != session.destination:
            raise PaymentRefused(sentence("the charge did not pay that seller"))
        left = self._left(session)
        if not left.minor or refund.amount > left:
            raise PaymentRefused(sentence("more than is left of the payment"))
        if refund.destination is None or not refund.seller_pays:
            self.take(PLATFORM, refund.amount)
        else:
            fee = refund.fee or Money.zero(refund.amount.currency)
            # The seller's balance may fall below zero: later sales fill it, as at Stripe.
            self.put(refund.destination, fee)
            self._balances[refund.destination, refund.amount.currency] -= refund.amount.minor
            self.take(PLATFORM, fee)
        self.refunds[refund_id] = refund
        self._note(f"charge.refunded.{refund.part}", "charge", refund.payment_id)

    def _left(self, session: Session) -> Money:
        """What of a payment was not given back."""
        given = [
            refund.amount
            for refund in self.refunds.values()
            if refund.payment_id == session.payment_id
        ]
        return session.amount - Money.total(given, session.amount.currency)

    def paid(self, payment_id: PaymentId) -> Session:
        """The session that a payment paid.

        Raises:
            PaymentRefused: no such payment, or its money has not arrived.
        """
        for session in self.sessions.values():
            if session.payment_id == payment_id and session.state is PaymentState.PAID:
                return session
        raise PaymentRefused(sentence("there is no such payment, or it is not paid"))
