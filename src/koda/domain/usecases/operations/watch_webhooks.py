"""Webhook health: how many messages are refused, and why."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, Protocol, TypeVar

from attrs import define, field, frozen

from koda.domain.model.errors import KodaError, RefusalCause, Unverified
from koda.domain.model.webhook_health import EndpointHealth
from koda.ports.clock import Clock
from koda.ports.webhook_health import WebhookHealth

PAUSE = timedelta(seconds=10)
"""Between two writes of one process about one endpoint, whatever is sent there."""

Message = TypeVar("Message")
Message_co = TypeVar("Message_co", covariant=True)

logger: logging.Logger = logging.getLogger("koda.messages")


@define
class _Unwritten:
    """What is known of an endpoint and not written yet."""

    counts: Counter[RefusalCause] = field(factory=Counter)
    accepted_at: datetime | None = None
    written_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether there is something to write, and long enough since the last time."""
        new = bool(self.counts) or self.accepted_at is not None
        # A clock that was set back must not keep anything from being written.
        lately = self.written_at is not None and abs(now - self.written_at) < PAUSE
        return new and not lately


@define
class WatchWebhooks:
    """Counts refused and accepted messages, and writes the counts down now and then.

    Anybody can send messages that are refused: a process writes about an endpoint at most every
    `PAUSE`, and what came in between with the next message, or when somebody asks.
    """

    health: WebhookHealth
    clock: Clock
    _unwritten: dict[str, _Unwritten] = field(factory=dict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def refused(self, endpoint: str, cause: RefusalCause) -> None:
        """Count a message that was refused."""
        with self._lock:
            self._of(endpoint).counts[cause] += 1
        self._write(endpoint)

    def accepted(self, endpoint: str) -> None:
        """Note a message that was accepted; what was refused before does not matter any more."""
        with self._lock:
            unwritten = self._of(endpoint)
            unwritten.counts.clear()
            unwritten.accepted_at = self.clock()
        self._write(endpoint)

    def of(self, endpoint: str) -> EndpointHealth:
        """Return how `endpoint` fares, with what this process has not written yet.

        Raises:
            Unavailable: the store does not answer.
        """
        self._write(endpoint)
        health = self.health.of(endpoint)
        with self._lock:
            unwritten = self._of(endpoint)
            if unwritten.accepted_at is not None:
                health = health.with_accepted(unwritten.accepted_at)
            return health.with_refusals(unwritten.counts)

    def _of(self, endpoint: str) -> _Unwritten:
        return self._unwritten.setdefault(endpoint, _Unwritten())

    def _write(self, endpoint: str) -> None:
        """Write what is new, if it is time; a store that does not answer spoils no message."""
        with self._lock:
            unwritten, now = self._of(endpoint), self.clock()
            if not unwritten.due(now):
                return
            taken = unwritten
            self._unwritten[endpoint] = _Unwritten(written_at=now)
        try:
            self._keep(endpoint, taken)
        except KodaError:
            with self._lock:
                self._restore(self._of(endpoint), taken)

    def _keep(self, endpoint: str, unwritten: _Unwritten) -> None:
        if unwritten.accepted_at is not None:
            self.health.accepted(endpoint, unwritten.accepted_at)
        if unwritten.counts:
            self.health.refused(endpoint, unwritten.counts)
            _tell(self.health.of(endpoint), unwritten.counts)

    def _restore(self, present: _Unwritten, taken: _Unwritten) -> None:
        """Put back what could not be written, unless a message was accepted since."""
        if present.accepted_at is None:
            present.counts += taken.counts
            present.accepted_at = taken.accepted_at


class Verifier(Protocol[Message_co]):
    """Turns bytes and headers into a verified message."""

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> Message_co:
        """Return the message; raises `Unverified` if it does not prove its sender."""


@frozen
class WatchedWebhooks(Generic[Message]):
    """A verifier of messages that `watch` sees at work, for the messages at `endpoint`."""

    verifier: Verifier[Message]
    watch: WatchWebhooks
    endpoint: str

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> Message:
        """Return the message.

        Raises:
            Unverified: it does not prove its sender, or cannot be read.
        """
        try:
            message = self.verifier.verify(payload, headers)
        except Unverified as error:
            self.watch.refused(self.endpoint, error.cause)
            raise
        self.watch.accepted(self.endpoint)
        return message


def _tell(health: EndpointHealth, counts: Mapping[RefusalCause, int]) -> None:
    fields = {"endpoint": health.endpoint, "refused": sum(counts.values())}
    logger.warning("Messages at %s: %s", health.endpoint, health, extra=fields)
