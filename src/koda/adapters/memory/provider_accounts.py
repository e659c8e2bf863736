"""Sellers at a payment provider in memory: their accounts, and how they onboard."""

import secrets
import threading
from collections.abc import Iterable
from datetime import datetime

from attrs import define, evolve, field

from koda.adapters.memory.provider_messages import Headers, sign_message
from koda.adapters.memory.provider_records import Account
from koda.domain.model.countries import Country
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import DETAILS, Pending, Ready, Restricted
from koda.domain.model.sentences import Sentence, verbatim
from koda.ports.clock import Clock

HOME = Country("DE")
COUNTRIES = frozenset({HOME, Country("FR"), Country("GB"), Country("US")})
"""Where sellers can be paid, unless told otherwise."""


@define(eq=False)
class MemoryAccounts:
    """The provider's side of sellers, part of `MemoryProvider`.

    Its methods are the seller at the onboarding page and the provider's own decisions.
    """

    clock: Clock
    secret: str = field(factory=lambda: secrets.token_hex(16))
    url: str = "https://pay.example"
    countries: frozenset[Country] = COUNTRIES
    accounts: dict[AccountId, Account] = field(factory=dict, init=False)
    _happened: dict[tuple[str, str, str], None] = field(factory=dict, init=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False)

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
            account = evolve(account, version=account.version + 1)
            self.accounts[account.id] = account
            self._note(f"account.{account.version}", "account", account.id)

    def _note(self, name: str, kind: str, subject: str) -> None:
        """Remember that something happened, of which a message tells."""
        self._happened[name, kind, subject] = None

    def _message(self, name: str, kind: str, subject: str, copy: int) -> tuple[bytes, Headers]:
        event_id = f"evt_{subject}_{name}_{copy}"
        body = {"id": event_id, "name": name, "kind": kind, "subject": subject}
        return sign_message(body, self.secret, self.clock())


def _said(requirements: Iterable[str]) -> tuple[Sentence, ...]:
    return tuple(map(verbatim, requirements))
