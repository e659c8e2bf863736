"""A payment provider in memory: checkout sessions, accounts and the money between them."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from attrs import define, evolve, field

from koda.adapters.memory.provider_messages import Headers, sign_message
from koda.adapters.memory.provider_records import Account, Session
from koda.domain.model.countries import Country
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
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.payments import PaymentState, Refund, Reversal, Transfer
from koda.domain.model.sellers import DETAILS, Pending, Ready, Restricted
from koda.domain.model.sentences import Sentence, sentence, verbatim
from koda.ports.clock import Clock

SERVICE = "payment provider"
PLATFORM = AccountId("platform")
"""Under this id the balance of the marketplace itself is kept."""
HOME = Country("DE")
COUNTRIES = frozenset({HOME, Country("FR"), Country("GB"), Country("US")})
"""Where sellers can be paid, unless told otherwise."""


@define(eq=False)
class MemoryProvider:
    """What `MemoryPayments`, `MemoryPayoutAccounts` and `MemoryPaymentWebhooks` look at.

    Its methods are the outside world: the buyer at the checkout page, the seller at the onboarding
    page, the provider's own decisions and its outages. `transfers`, `refunds` and `balance` show
    the money. `secret` signs messages; `url` begins the addresses of pages that nobody serves;
    `countries` are those whose sellers can be paid.
    """

    clock: Clock
    secret: str = field(factory=lambda: secrets.token_hex(16))
    url: str = "https://pay.example"
    countries: frozenset[Country] = COUNTRIES
    accounts: dict[AccountId, Account] = field(factory=dict, init=False)
    sessions: dict[CheckoutSessionId, Session] = field(factory=dict, init=False)
    transfers: dict[TransferId, Transfer] = field(factory=dict, init=False)
    reversals: dict[TransferId, list[Reversal]] = field(factory=dict, init=False)
    refunds: dict[RefundId, Refund] = field(factory=dict, init=False)
    _balances: Counter[tuple[AccountId, str]] = field(factory=Counter, init=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False)
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

    def _keep(self, session: Session) -> Session:
        self.sessions[session.id] = session
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

    # --- the seller at the onboarding page --------------------------------------------------------

    def account(self, account_id: AccountId) -> Account:
        """Return an account.

        Raises:
            NotFound: no such account.
        """
        account = self.accounts.get(account_id)
        if account is None:
            raise NotFound("payout account", account_id)
        return account

    def open_account(self, user_id: UserId, country: Country = HOME) -> AccountId:
        """Open the account of a user, or return the one that is open: `acct_ada` of `user_ada`."""
        account_id = AccountId(f"acct_{user_id.removeprefix('user_')}")
        with self._lock:
            waiting = Account(account_id, user_id, country, Pending((DETAILS,)))
            self.accounts.setdefault(account_id, waiting)
        return account_id

    def ready_account(self, user_id: UserId) -> AccountId:
        """Open the account of a user and complete its onboarding."""
        account_id = self.open_account(user_id)
        self.complete_onboarding(account_id)
        return account_id

    def complete_onboarding(self, account_id: AccountId) -> None:
        """The seller gives all that was asked, and the account can receive money."""
        self._set(evolve(self.account(account_id), status=Ready(), submitted=True))

    def announce(self, account_id: AccountId, deadline: datetime, *requirements: str) -> None:
        """The provider will want more by `deadline` (UTC), and pays until then."""
        self._set(evolve(self.account(account_id), status=Ready(_said(requirements), deadline)))

    def require(self, account_id: AccountId, *requirements: str) -> None:
        """The provider wants more before it pays, or looks at what it got if nothing is named."""
        self._set(evolve(self.account(account_id), status=Pending(_said(requirements))))

    def restrict(self, account_id: AccountId, status: Restricted) -> None:
        """The provider holds the account back."""
        self._set(evolve(self.account(account_id), status=status))

    def account_event(self, account_id: AccountId, copy: int = 1) -> tuple[bytes, Headers]:
        """The signed message that an account changed; another `copy` is another message."""
        version = self.account(account_id).version
        return self._message(f"account.{version}", "account", account_id, copy)

    def _set(self, account: Account) -> None:
        with self._lock:
            self.accounts[account.id] = evolve(account, version=account.version + 1)

    def _message(self, name: str, kind: str, subject: str, copy: int) -> tuple[bytes, Headers]:
        event_id = f"evt_{subject}_{name}_{copy}"
        body = {"id": event_id, "name": name, "kind": kind, "subject": subject}
        return sign_message(body, self.secret, self.clock())

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

    def paid(self, payment_id: PaymentId) -> Session:
        """The session that a payment paid.

        Raises:
            PaymentRefused: no such payment, or its money has not arrived.
        """
        for session in self.sessions.values():
            if session.payment_id == payment_id and session.state is PaymentState.PAID:
                return session
        raise PaymentRefused(sentence("there is no such payment, or it is not paid"))


def _said(requirements: Iterable[str]) -> tuple[Sentence, ...]:
    return tuple(map(verbatim, requirements))
