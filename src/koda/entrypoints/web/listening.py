"""The loop of a process that serves: who is let in, who has to go, how many threads answer."""

import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from koda.entrypoints.web.connections import HEADER_BYTES, IN_MEMORY, Bounds, Channel

_FEW_THREADS, _THREADS = 4, 16
"""Requests that one process works on at a time: at first, and where services are slow."""
_HELD_UP = 0.05
"""Seconds after which requests that wait get another thread."""
_SENDING = 256 * 1024
"""Bytes of an answer that the operating system keeps for a reader, of which it makes the double."""
_SWEEP = 1.0
"""Seconds at most between two looks at deadlines."""


class Crew(ThreadedTaskDispatcher):
    """The threads that answer: few, since more of them get in each other's way, until they wait.

    Where all of them wait for a service, and requests for them, there are more, one by one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._started_at = monotonic()
        self.set_thread_count(_FEW_THREADS)

    def add_task(self, task: Any) -> None:
        """Let a request be answered."""
        super().add_task(task)
        self.grow()

    def started(self) -> None:
        """Note that a thread has begun to answer."""
        self._started_at = monotonic()

    def grow(self) -> None:
        """Have another thread if requests wait and none was begun for a while."""
        held_up = self.queue and monotonic() > self._started_at + _HELD_UP
        if held_up and len(self.threads) < _THREADS:
            self.set_thread_count(len(self.threads) + 1)

    def shrink(self) -> None:
        """Have a thread less if there are more than a few and nothing to do for one."""
        if len(self.threads) > _FEW_THREADS and self.active_count < _FEW_THREADS:
            self.set_thread_count(len(self.threads) - 1)


class Server(TcpWSGIServer):
    """Serves `application` on a listening socket within `bounds`."""

    channel_class: type[Channel] = Channel  # type: ignore[mutable-override]
    active_channels: dict[int, Channel]  # type: ignore[assignment]
    _map: dict[int, Any]

    def __init__(
        self, application: WSGIApplication, listener: socket.socket, bounds: Bounds
    ) -> None:
        self._stopping = self._crowded = False
        self._next_sweep = 0.0
        self.bounds = bounds
        self.crew: Crew = Crew()
        super().__init__(
            application,
            map={},
            _sock=listener,
            dispatcher=self.crew,
            adj=_adjustments(bounds),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def stop(self) -> None:
        """Let `serve` end; for signal handlers and other threads."""
        self._stopping = True
        self.pull_trigger()

    def look(self) -> None:
        """Let the loop see whether too much waits."""
        self._crowded = True
        self.pull_trigger()

    def serve(self, seconds: float) -> None:
        """Serve until told to stop; then finish within so many seconds what is being answered."""
        while not self._stopping:
            self._turn()
        wasyncore.dispatcher.close(self)
        ends_at = monotonic() + seconds
        while self._finishing() and monotonic() < ends_at:
            self._turn()
        self.crew.shutdown(timeout=1)

    def _turn(self) -> None:
        wasyncore.loop(
            timeout=min(_SWEEP, self.bounds.patience), use_poll=True, map=self._map, count=1
        )
        now = monotonic()
        if self._crowded or now >= self._next_sweep:
            self._crowded, self._next_sweep = False, now + min(_SWEEP, self.bounds.patience)
            self._sweep(now)

    def _finishing(self) -> bool:
        """Close what has nothing to finish; whether anything has."""
        for channel in self._channels():
            if not (channel.requests or channel.total_outbufs_len):
                channel.handle_close()
        return bool(self.active_channels)

    def _channels(self) -> Iterator[Channel]:
        yield from tuple(self.active_channels.values())

    def _sweep(self, now: float) -> None:
        """Close those whose time is over, and then the slowest until little enough waits."""
        self.crew.grow()
        self.crew.shrink()
        for channel in self._channels():
            if channel.late(now):
                channel.handle_close()
        while (
            sum(channel.waiting_bytes for channel in self._channels()) > self.bounds.waiting_bytes
        ):
            if not self._close_slowest(lambda channel: channel.waiting_bytes):
                return

    def _close_slowest(self, weight: Callable[[Channel], int]) -> bool:
        """Close the slowest connection of the network that weighs most; whether there was one."""
        now = monotonic()
        weights: dict[str, int] = defaultdict(int)
        weighed = [(channel, weight(channel)) for channel in self._channels()]
        waiting = [(channel, has) for channel, has in weighed if has and not channel.at_work]
        for channel, has in waiting:
            weights[channel.network] += has
        if not waiting:
            return False
        heaviest = max(weights, key=lambda network: weights[network])
        slowest = min(
            (channel for channel, _ in waiting if channel.network == heaviest),
            key=lambda channel: (channel.pace(now), channel.since),
        )
        slowest.handle_close()
        return True

    # --- what waitress calls ---

    def handle_accept(self) -> None:
        """Take a connection, for which another one goes if there are too many."""
        if len(self.active_channels) >= self.bounds.connections:
            self._close_slowest(lambda _: 1)
        super().handle_accept()

    def set_socket_options(self, conn: socket.socket) -> None:
        """Bound what the system keeps of an answer for a slow reader, which is 4 MiB unless set."""
        super().set_socket_options(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENDING)

    def maintenance(self, now: float) -> None:
        """Nothing: `serve` sweeps."""


def _adjustments(bounds: Bounds) -> Adjustments:
    return Adjustments(
        ident="koda",
        # A connection more is taken only while none can be closed, as all are being answered.
        connection_limit=bounds.connections + 32,
        recv_bytes=IN_MEMORY,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=2 * IN_MEMORY,
        max_request_header_size=HEADER_BYTES,
        # waitress refuses bodies of so many bytes.
        max_request_body_size=bounds.most_bytes + 1,
        # `ProxyFix` believes as many of these headers as there are proxies of ours.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
    )
