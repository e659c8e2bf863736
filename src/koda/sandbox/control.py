"""Steering a sandbox in one line each, from the same process or from another."""

from collections.abc import Callable, Sequence
from typing import Any

import requests
from attrs import define, field, frozen

from koda.sandbox.errors import Json
from koda.sandbox.signing import sign_stripe

TIMEOUT = 60.0
"""Seconds that an operation may take over HTTP."""

Perform = Callable[[str, Json], Any]


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


@frozen
class ClockControl:
    """The sandbox's business time, in seconds since the epoch (UTC)."""

    _perform: Perform

    def now(self) -> int:
        """The time."""
        return int(self._perform("now", {}))

    def advance(self, seconds: float) -> int:
        """Move time on; sessions and deadlines that have then passed take effect at once."""
        return int(self._perform("advance", {"seconds": seconds}))

    def fix(self, moment: float | None) -> int:
        """Stand still at `moment`; `None` follows real time again."""
        return int(self._perform("fix", {"moment": moment}))


@frozen
class FaultsControl:
    """Trouble for the next requests."""

    _perform: Perform

    def next(self, pattern: str, kind: str, **options: Any) -> None:
        """Plan a trouble.

        Args:
            pattern: method and path; `*` stands for anything, as in `POST /v1/transfers*`.
            kind: `status=500` (or any other), `html`, `truncated`, `error_string`, `slow`,
                `timeout`, `reset` or `no_answer`: see `koda.sandbox.faults.Fault`.
            options: `times`, `skip`, `after_commit`, `seconds`, `saved`, `should_retry`, `status`.
        """
        name, _, status = kind.partition("=")
        given = {"status": int(status)} if status else {}
        self._perform("plan_fault", {"pattern": pattern, "kind": name, **given, **options})

    def clear(self) -> None:
        """Forget all troubles still planned."""
        self._perform("clear_faults", {})


@frozen
class WebhooksControl:
    """The messages that the sandbox sends."""

    _perform: Perform
    _secret: Callable[[], str]

    def endpoint(self, url: str, *, audience: str = "account", secret: str | None = None) -> Json:
        """Send messages to an address from now on.

        Args:
            url: where to.
            audience: `account`, `connect` (events of connected accounts) or `clerk`.
            secret: to sign the audience's messages with from now on; the known one unless given.
        """
        arguments = {"url": url, "audience": audience, "secret": secret}
        return dict(self._perform("add_endpoint", arguments))

    def hold(self) -> None:
        """Keep all messages back from now on."""
        self._perform("hold", {})

    def pending(self) -> list[Json]:
        """The events kept back, oldest first."""
        return list(self._perform("pending", {}))

    def deliver(self, event: str | int, times: int = 1, *, concurrently: bool = False) -> list[int]:
        """Send an event now, by id or by place among the pending; the answers' HTTP statuses."""
        arguments = {"event": event, "times": times, "concurrently": concurrently}
        return list(self._perform("deliver", arguments))

    def release(self, order: Sequence[str] | str | int | None = None) -> None:
        """Send what was kept back: in order, `"reverse"`, by ids, or shuffled by a seed."""
        listed = order if order is None or isinstance(order, str | int) else list(order)
        self._perform("release", {"order": listed})

    def drop(self, event: str) -> None:
        """Lose an event's messages."""
        self._perform("drop", {"event": event})

    def echo(self, event: str) -> Json:
        """Tell of the same object a second time, under another event id."""
        return dict(self._perform("echo", {"event": event}))

    def next(self, pattern: str, kind: str, **options: Any) -> None:
        """Plan mischief for the next events of a type.

        Args:
            pattern: an event type; `*` stands for anything.
            kind: `duplicate`, `delay`, `drop` or `reorder`: see `koda.sandbox.mischief.Trick`.
            options: `times`, `copies`, `seconds`.
        """
        self._perform("play_trick", {"pattern": pattern, "kind": kind, **options})

    def clear(self) -> None:
        """Forget all mischief still planned."""
        self._perform("clear_tricks", {})

    def drain(self, timeout: float = 10.0) -> None:
        """Wait until every message was delivered, dropped or given up.

        Raises:
            TimeoutError: `timeout` seconds were not enough.
        """
        if not self._perform("drain", {"timeout": timeout}):
            raise TimeoutError(f"Messages are still on their way after {timeout} seconds")

    def deliveries(self) -> list[Json]:
        """Every delivery: its event, endpoint, state and the HTTP statuses that answered it."""
        return list(self._perform("deliveries", {}))

    def message(self, event: str) -> tuple[bytes, dict[str, str]]:
        """The body and freshly signed headers of an event's message."""
        signed = self._perform("message", {"event": event})
        return signed["body"].encode(), signed["headers"]

    def sign(
        self, payload: bytes, timestamp: int | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Stripe's signature header for any payload, now and with the endpoint's secret."""
        moment = int(self._perform("signing_time", {})) if timestamp is None else timestamp
        return sign_stripe(payload, [secret or self._secret()], moment)

    def roll_secret(self, audience: str = "account", secret: str | None = None) -> str:
        """Sign with a new secret, and for a day with the old one too; returns the new one."""
        return str(self._perform("roll_secret", {"audience": audience, "secret": secret}))


@frozen
class ClerkControl:
    """Tokens, right and wrong."""

    _perform: Perform

    def token(
        self,
        claims: Json | None = None,
        headers: Json | None = None,
        *,
        lifetime: int = 60,
        key: str | None = None,
        algorithm: str = "RS256",
    ) -> str:
        """Make any token.

        Args:
            claims: replace the usual ones; `None` as a value leaves a claim out.
            headers: replace the usual ones.
            lifetime: seconds until it expires; negative for one that has.
            key: another key, as PEM or secret text.
            algorithm: `RS256`, `HS256` or `none`.
        """
        arguments = {
            "claims": claims or {},
            "headers": headers or {},
            "lifetime": lifetime,
            "key": key,
            "algorithm": algorithm,
        }
        return str(self._perform("token", arguments))

    def public_key(self) -> str:
        """The key that verifies tokens, as PEM."""
        return str(self._perform("public_key", {}))


@define(init=False, eq=False)
class SandboxControl:
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

    # --- money ----------------------------------------------------------

    def pay(self, session: str) -> Json:
        """The buyer pays a Checkout session by card."""
        return dict(self._perform("pay", {"session": session}))

    def decline(self, session: str) -> Json:
        """The buyer's card is declined; the session stays open."""
        return dict(self._perform("decline", {"session": session}))

    def pay_later(self, session: str) -> Json:
        """The buyer chooses a method that settles later."""
        return dict(self._perform("pay_later", {"session": session}))

    def settle(self, session: str, *, succeed: bool = True) -> Json:
        """What was to be paid later arrives, or fails."""
        return dict(self._perform("settle", {"session": session, "succeed": succeed}))

    def expire(self, session: str) -> Json:
        """A session's time runs out."""
        return dict(self._perform("expire", {"session": session}))

    def refund(
        self,
        payment: str,
        amount: int | None = None,
        *,
        reverse_transfer: bool = False,
        refund_application_fee: bool = False,
    ) -> Json:
        """Refund a charge, payment intent or session by hand, as in the provider's dashboard."""
        arguments = {
            "payment": payment,
            "amount": amount,
            "reverse_transfer": reverse_transfer,
            "refund_application_fee": refund_application_fee,
        }
        return dict(self._perform("refund", arguments))

    def dispute(self, payment: str, reason: str = "fraudulent") -> Json:
        """The buyer disputes a charge, payment intent or session."""
        return dict(self._perform("dispute", {"payment": payment, "reason": reason}))

    def close_dispute(self, dispute: str, *, won: bool) -> Json:
        """The bank decides a dispute, named by itself or by its payment."""
        return dict(self._perform("close_dispute", {"dispute": dispute, "won": won}))

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
