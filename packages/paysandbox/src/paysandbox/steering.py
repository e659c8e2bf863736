"""The parts of a sandbox's control: time, faults, messages and tokens."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.signing import sign_stripe, sign_svix

Perform = Callable[[str, Json], Any]
"""Performs an operation of the sandbox by name, with JSON arguments."""


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
            kind: `status=500` (or any other), `html`, `truncated`, `error_string`, `foreign`,
                `slow`, `timeout`, `reset` or `no_answer`: see `paysandbox.faults.Fault`.
            options: `times`, `skip`, `after_commit`, `seconds`, `saved`, `should_retry`,
                `retry_after`, `status`.
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

    def deliver(
        self, event: str | int = 0, times: int = 1, *, concurrently: bool = False
    ) -> list[int]:
        """Send an event now, by id or by place among the pending; the answers' HTTP statuses.

        Without an argument it is the next pending one.
        """
        arguments = {"event": event, "times": times, "concurrently": concurrently}
        return list(self._perform("deliver", arguments))

    def release(self, order: Sequence[str] | str | int | None = None) -> None:
        """Send what was kept back: in order, `"reverse"`, by ids, or shuffled by a seed."""
        listed = order if order is None or isinstance(order, str | int) else list(order)
        self._perform("release", {"order": listed})

    def drop(self, event: str | int = 0) -> None:
        """Lose an event's messages: the event by id, or by place among the pending."""
        self._perform("drop", {"event": event})

    def echo(self, event: str) -> Json:
        """Tell of the same object a second time, under another event id."""
        return dict(self._perform("echo", {"event": event}))

    def next(self, pattern: str, kind: str, **options: Any) -> None:
        """Plan a fault for the messages of the next events of a type.

        Args:
            pattern: an event type; `*` stands for anything.
            kind: `duplicate`, `delay`, `drop` or `reorder`; see
                `paysandbox.webhook_faults.WebhookFault`.
            options: `times`, `copies`, `seconds`.
        """
        self._perform("plan_webhook_fault", {"pattern": pattern, "kind": kind, **options})

    def clear(self) -> None:
        """Forget all faults still planned."""
        self._perform("clear_webhook_faults", {})

    def drain(self, timeout: float = 10.0) -> None:
        """Wait until every message was delivered, dropped or given up.

        While the clock is fixed, attempts that are due later are not waited for.

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
    """Tokens, right and wrong, and signatures on messages about people."""

    _perform: Perform

    def sign(
        self, payload: bytes, timestamp: int | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Svix's headers for any payload, now and with the endpoint's secret."""
        moment = int(self._perform("signing_time", {})) if timestamp is None else timestamp
        known = secret or str(self._perform("info", {})["clerk_webhook_secret"])
        return sign_svix(payload, [known], moment, new_id("msg_"))

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
