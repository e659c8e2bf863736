"""Access to one Redis, which may be slow, down or answer nonsense."""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from koda.adapters.redis.circuit_breaker import CircuitBreaker
from koda.adapters.redis.client import TIMEOUT, Deadline, make_client
from koda.domain.model.errors import Refused, Unavailable

Answer = TypeVar("Answer")

FAULTS = (RedisError, OSError, ValueError, TypeError, LookupError, RecursionError)
"""What a server may cause: beside its errors, what comes of reading an answer that is none."""
REFUSALS = (AuthenticationError, NoPermissionError)
PATIENCE = 40.0
"""How many times as long as a visitor an operator may wait, whom a probe tells what is wrong."""
_log = logging.getLogger(__name__)


class RedisServer:
    """Asks a server questions, each within a deadline, and leaves it alone while it fails."""

    def __init__(self, client: Redis, deadline: Deadline, breaker: CircuitBreaker) -> None:
        self.client = client
        self._deadline = deadline
        self._breaker = breaker

    def ask(
        self, question: Callable[[], Answer], *, share: float = 1, anyway: bool = False
    ) -> Answer:
        """Return what `question` does, which may take this share of the server's time.

        `anyway` asks a server, too, that is being left alone.

        Raises:
            Unavailable: it does not answer, answers nonsense, or is being left alone.
        """
        if not (self._breaker.admits() or anyway):
            raise Unavailable("cache")
        try:
            with self._deadline.within(share):
                answer = question()
        except FAULTS as error:
            if self._breaker.fail():
                _log.warning("Redis is left alone for a while: %s", error)
            raise Unavailable("cache") from error
        if self._breaker.succeed():
            _log.info("Redis answers again")
        return answer

    def probe(self, prefix: str) -> None:
        """Write, read by a script and delete a key under `prefix`.

        Raises:
            Unavailable: the server does not do one of these; the cause says why.
            Refused: it does not know the user, or that one may not do one of these; likewise.
        """
        try:
            self._exchange(prefix)
        except Unavailable:
            self._find_refusal(prefix)
            raise

    def _find_refusal(self, prefix: str) -> None:
        """Ask again with patience: a server that is merely slow now may refuse all the same."""
        try:
            self._exchange(prefix, PATIENCE)
        except Unavailable as error:
            if isinstance(error.__cause__, REFUSALS):
                raise Refused("cache") from error.__cause__

    def _exchange(self, prefix: str, share: float = 1) -> None:
        ask = partial(self.ask, share=share, anyway=True)
        # A key of its own: another process may be doing the same at this moment.
        key = f"{prefix}:probe:{secrets.token_hex(8)}"
        read = self.client.register_script("return redis.call('GET', KEYS[1])")
        ask(lambda: self.client.set(key, prefix, ex=60))
        if ask(lambda: read([key])) != prefix.encode():
            raise Unavailable("cache") from ValueError("it forgot what it was told")
        ask(lambda: self.client.delete(key))


def make_server(
    url: str, *, timeout: timedelta = TIMEOUT, breaker: CircuitBreaker | None = None
) -> RedisServer:
    """Return the server at `url`, as `make_client` takes it; connect to nothing yet.

    Raises:
        InvalidValue: the address cannot be used.
    """
    deadline = Deadline(timeout.total_seconds())
    return RedisServer(make_client(url, deadline), deadline, breaker or CircuitBreaker())
