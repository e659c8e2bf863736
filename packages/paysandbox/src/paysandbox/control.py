"""Steering a sandbox in one line each, from the same process or from another."""

from collections.abc import Sequence
from typing import Any

import requests
from attrs import define, field, frozen

from paysandbox.errors import Json
from paysandbox.money_control import MoneyControl
from paysandbox.steering import (
    ClerkControl,
    ClockControl,
    FaultsControl,
    Perform,
    WebhooksControl,
)

__all__ = ["SandboxControl", "SandboxError", "SeenRequest"]

TIMEOUT = 60.0
"""Seconds that an operation may take over HTTP."""


@define
class SandboxError(Exception):
    """The sandbox refused an operation."""

    message: str
    code: str | None = None

    def __str__(self) -> str:
        """What the sandbox said."""
        return self.message


@frozen
class SeenRequest:
    """One request that reached the sandbox's two APIs.

    Args:
        method: in capitals.
        path: without the query.
        params: the decoded form of a Stripe call, all texts.
        idempotency_key: as sent, if one was.
        status: of the answer before any planned trouble with the connection.
    """

    method: str
    path: str
    params: Json
    idempotency_key: str | None
    status: int


@define(init=False, eq=False)
class SandboxControl(MoneyControl):
    """A running sandbox, as a test or an operator steers and reads it."""

    clock: ClockControl
    faults: FaultsControl
    webhooks: WebhooksControl
    clerk: ClerkControl
    _perform: Perform
    _known: Json = field(factory=dict)

    def __init__(self, url: str | None = None, *, perform: Perform | None = None) -> None:
        """Speak to the sandbox at `url`, or call it directly by `perform`."""
        if perform is None:
            perform = OverHttp((url or "").rstrip("/"))
        self._perform = perform
        self._known = {}
        self.clock = ClockControl(perform)
        self.faults = FaultsControl(perform)
        self.webhooks = WebhooksControl(perform, lambda: self.webhook_secret)
        self.clerk = ClerkControl(perform)

    # --- addresses and secrets ------------------------------------------

    def info(self) -> Json:
        """Addresses and secrets."""
        return dict(self._perform("info", {}))

    @property
    def url(self) -> str:
        """The sandbox's address, also Stripe's base address."""
        return self._constant("url")

    @property
    def stripe_url(self) -> str:
        """The base address for `StripeClient(base_addresses={"api": …})`."""
        return self._constant("stripe_url")

    @property
    def clerk_url(self) -> str:
        """The base of Clerk's API (`/v1/…` follows), and the tokens' issuer."""
        return self._constant("clerk_url")

    @property
    def secret_key(self) -> str:
        """Stripe's secret key."""
        return self._constant("secret_key")

    @property
    def clerk_secret_key(self) -> str:
        """Clerk's secret key."""
        return self._constant("clerk_secret_key")

    @property
    def clerk_publishable_key(self) -> str:
        """The key by which pages tell Clerk's instance."""
        return self._constant("clerk_publishable_key")

    @property
    def webhook_secret(self) -> str:
        """What messages about the platform are signed with."""
        return str(self.info()["webhook_secret"])

    @property
    def connect_webhook_secret(self) -> str:
        """What messages about connected accounts are signed with."""
        return str(self.info()["connect_webhook_secret"])

    @property
    def clerk_webhook_secret(self) -> str:
        """What messages about people are signed with."""
        return str(self.info()["clerk_webhook_secret"])

    def _constant(self, name: str) -> str:
        if not self._known:
            self._known = self.info()
        return str(self._known[name])

    # --- accounts -------------------------------------------------------

    def complete_onboarding(self, account: str) -> Json:
        """The owner completes everything: the account can receive money."""
        return dict(self._perform("complete_onboarding", {"account": account}))

    def require(self, account: str, items: Sequence[str], deadline: int | None = None) -> Json:
        """The provider asks for more, by a moment in seconds since the epoch if given."""
        arguments = {"account": account, "items": list(items), "deadline": deadline}
        return dict(self._perform("require", arguments))

    def restrict(
        self, account: str, reason: str = "requirements.past_due", deadline: int | None = None
    ) -> Json:
        """The provider disables the account."""
        arguments = {"account": account, "reason": reason, "deadline": deadline}
        return dict(self._perform("restrict", arguments))

    def deauthorize(self, account: str) -> Json:
        """The owner cuts the account's connection to the platform."""
        return dict(self._perform("deauthorize", {"account": account}))

    def pay_out(self, account: str, amount: int | None = None, currency: str = "eur") -> int:
        """Send an account's money to its bank; returns the minor units that left."""
        arguments = {"account": account, "amount": amount, "currency": currency}
        return int(self._perform("pay_out", arguments))

    def top_up(self, amount: int, currency: str = "eur") -> None:
        """Bring minor units of the platform's own money from its bank to its balance."""
        self._perform("top_up", {"amount": amount, "currency": currency})

    # --- people ---------------------------------------------------------

    def add_person(self, **given: Any) -> Json:
        """Create a person: `first_name`, `last_name`, `email_address=[…]`, `id`, `username`, …."""
        return dict(self._perform("add_person", given))

    def change_person(self, person: str, **given: Any) -> Json:
        """Change a person."""
        return dict(self._perform("change_person", {"person": person, **given}))

    def remove_person(self, person: str) -> Json:
        """Delete a person."""
        return dict(self._perform("remove_person", {"person": person}))

    def sign_in(
        self,
        person: str,
        lifetime: int = 60,
        *,
        origin: str | None = None,
        claims: Json | None = None,
    ) -> str:
        """Sign a person in and return a session token.

        Args:
            person: a user's id.
            lifetime: seconds until the token expires; negative for one that has.
            origin: the token's `azp`.
            claims: further or other claims.
        """
        arguments = {"lifetime": lifetime, "origin": origin, "claims": claims or {}}
        return str(self._perform("sign_in", {"person": person, **arguments}))

    # --- looking --------------------------------------------------------

    def objects(self, kind: str) -> list[Json]:
        """Every object of a kind (`transfer`, `checkout.session`, `user`, …), oldest first."""
        return list(self._perform("objects", {"kind": kind}))

    def events(self, type: str | None = None) -> list[Json]:
        """Every event, oldest first, of one type if given."""
        return list(self._perform("events", {"type": type}))

    def balances(self) -> dict[str, dict[str, int]]:
        """Minor units by account (`platform`, `world`, `acct_…`) and currency."""
        return dict(self._perform("balances", {}))

    def balance_of(self, account: str, currency: str = "eur") -> int:
        """Minor units that an account has."""
        return int(self.balances().get(account, {}).get(currency, 0))

    def assert_balanced(self) -> None:
        """Recompute the ledger; raises if it does not balance."""
        self._perform("assert_balanced", {})

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that the two APIs saw, oldest first."""
        return [SeenRequest(**seen) for seen in self._perform("requests", {})]

    def forget_requests(self) -> None:
        """Start the log of requests anew."""
        self._perform("forget_requests", {})

    def be_strict(self) -> None:
        """From now on, hold every request against the installed Stripe library's types."""
        self._perform("be_strict", {})

    def forget_idempotency_keys(self) -> None:
        """Forget all idempotency keys, as the provider may after a day."""
        self._perform("forget_idempotency_keys", {})


@frozen
class OverHttp:
    """Performs operations in another process."""

    url: str

    def __call__(self, name: str, arguments: Json) -> Any:
        """Perform one operation.

        Raises:
            SandboxError: the sandbox refused, or is not there.
        """
        try:
            answer = requests.post(f"{self.url}/_sandbox/{name}", json=arguments, timeout=TIMEOUT)
            body = answer.json()
        except requests.RequestException as error:
            message = f"No sandbox answers at {self.url}: {error}"
            raise SandboxError(message, "unreachable") from error
        if "error" in body:
            raise SandboxError(**body["error"])
        return body["result"]
