"""A client of Redis that never waits for longer than its thread's deadline says."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import inf
from socket import socket
from typing import Any

from redis import Redis
from redis._parsers import _RESP2Parser
from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool, SSLConnection, parse_url
from redis.exceptions import RedisError
from redis.retry import Retry

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

TIMEOUT = timedelta(milliseconds=50)
"""How long Redis may take for whatever is asked of it at once, connecting included."""

_UNREADABLE = (
    "must be an address such as redis://:password@host:6379/0, with %xx for what is special in the "
    "password, and with no options but redis-py's"
)


class Deadline(threading.local):
    """When the present thread stops waiting for Redis: `seconds` after it began to ask.

    The library's own time-outs hold for each read of a socket. A server that sends a byte now and
    then would keep a visitor waiting for ever, and one slow to connect, to sign in and to answer
    for three time-outs.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends_at: float | None = None

    @contextmanager
    def within(self, share: float) -> Iterator[None]:
        """Let the thread wait for this share of the seconds in all."""
        self._ends_at = time.monotonic() + self.seconds * share
        try:
            yield
        finally:
            self._ends_at = None

    def remaining(self) -> float:
        """The seconds that the thread may still wait.

        Raises:
            TimeoutError: there are none left.
        """
        if self._ends_at is None:
            return self.seconds
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left for Redis")
        return left


class PromptSocket:
    """A socket that sends and receives until the deadline, and otherwise is the one it wraps."""

    def __init__(self, wrapped: socket, deadline: Deadline) -> None:
        self._wrapped = wrapped
        self._deadline = deadline
        self._asked = inf

    def settimeout(self, seconds: float) -> None:
        """Let nothing take longer than so many seconds, nor than the deadline.

        The library's usual time-out stands for the deadline, which may be longer for a question.
        """
        self._asked = seconds if seconds < self._deadline.seconds else inf

    def sendall(self, *arguments: Any) -> None:
        """Send in time."""
        self._in_time().sendall(*arguments)

    def recv(self, *arguments: Any) -> bytes:
        """Receive in time."""
        return self._in_time().recv(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)

    def _in_time(self) -> socket:
        self._wrapped.settimeout(min(self._asked, self._deadline.remaining()))
        return self._wrapped


class PromptConnection(Connection):
    """A connection whose socket knows the deadline."""

    def __init__(self, *, deadline: Deadline, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(**options)

    @property
    def socket_connect_timeout(self) -> float | None:
        """What is left, asked anew for each of a host's addresses."""
        return self._deadline.remaining()

    @socket_connect_timeout.setter
    def socket_connect_timeout(self, _: float | None) -> None:
        """Leave it to the deadline, whatever the library would set."""

    def _connect(self) -> PromptSocket:
        return PromptSocket(super()._connect(), self._deadline)


class PromptTlsConnection(PromptConnection, SSLConnection):
    """The same over TLS."""


def make_client(url: str, deadline: Deadline) -> "Redis":
    """Return a client of the server at `url`, `redis://…` or `rediss://…`; connect to nothing yet.

    Options of the library may follow as a query, such as `?ssl_ca_certs=/etc/redis.pem`.

    Raises:
        InvalidValue: the address cannot be read, or names an option that is none.
    """
    try:
        told = parse_url(url)
        secure = told.pop("connection_class", Connection) is SSLConnection
        kind = PromptTlsConnection if secure else PromptConnection
        options = told | _options(deadline)
        # The pool would find a wrong option out only when a visitor waits for it.
        kind(**options)
    except (ValueError, TypeError, RedisError):
        # What the library says of an address may repeat a part of the password.
        raise InvalidValue("redis.url", verbatim(_UNREADABLE)) from None
    return Redis(connection_pool=ConnectionPool(connection_class=kind, **options))


def _options(deadline: Deadline) -> dict[str, Any]:
    """What no address may change: no retries, and no question that Koda did not ask.

    Answers are read by the library's own parser even where the faster hiredis is installed, since
    that one makes room for as many items as an answer announces: with two thousand million of
    them it takes ten seconds, or all memory.
    """
    return {
        "parser_class": _RESP2Parser,
        "deadline": deadline,
        "socket_timeout": deadline.seconds,
        "socket_connect_timeout": deadline.seconds,
        "retry": Retry(NoBackoff(), 0),
        "retry_on_error": [],
        "protocol": 2,
        "driver_info": None,
        "health_check_interval": 0,
        "decode_responses": False,
    }
