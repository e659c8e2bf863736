"""Connections whose slowness costs nobody but themselves: waitress, within bounds of our own.

waitress reads requests and writes answers in one loop and calls the application in threads, so that
a thread is used only between the last byte of a request and the first of its answer. What it leaves
open, as of 3.0.2, is closed here:

- its time-outs spare whoever sends or takes a byte now and then, and never close a connection
  whose reader takes nothing: here each has a deadline that follows from what it moved;
- at its limit of connections it takes no new ones: here the slowest of the greediest network goes;
- a thread waits for a slow reader of a long or of a pipelined answer: here none ever does;
- bodies and answers waiting in memory or temporary files are bounded for each connection alone:
  here for all together;
- the lines that announce chunks may be endless, and reading them took quadratic time.
"""

import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from threading import Lock
from time import monotonic
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import ChunkedReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

CONNECTIONS = 256
"""Connections of one process; each needs up to three descriptors, of which there may be 1024."""
FEW_THREADS, THREADS = 4, 16
"""Requests that one process works on at a time: at first, and where services are slow."""
HELD_UP = 0.05
"""Seconds after which requests that wait get another thread."""
PATIENCE = 20.0
"""Seconds that a connection may be idle, send a request or take an answer, without its bytes."""
PACE = 16 * 1024
"""Bytes that earn a connection one second more: slower ones are closed once `PATIENCE` is over."""
LINGER = 5.0
"""Seconds in which a client that still sends can read why it was refused."""
IN_MEMORY = 64 * 1024
"""Bytes of a body or an answer that wait in memory; the rest does in a temporary file."""
SENDING = 256 * 1024
"""Bytes of an answer that the operating system keeps for a reader, of which it makes the double."""
HEADER_BYTES = 32 * 1024
LONGEST_LINE = 1024
"""Bytes of the line that announces a chunk."""
SWEEP = 1.0
"""Seconds between two looks at deadlines."""


class Request(HTTPRequestParser):
    """Reads one request; refuses endless lines between chunks."""

    def received(self, data: bytes) -> int:
        """Take some bytes, and return how many belonged to this request."""
        taken: int = super().received(data)
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and self._endless(body):
            self.error = BadRequest(
                "The line before a chunk, or what follows the last, is too long"
            )
            self.completed = True
        if self.error:
            # Or else the body would be asked for, and read, before the refusal is sent.
            self.expect_continue = False
        return taken

    @staticmethod
    def _endless(body: ChunkedReceiver) -> bool:
        return len(body.control_line) > LONGEST_LINE or len(body.trailer) > HEADER_BYTES


class Refusal(ErrorTask):
    """Answers a request that is not read; what still comes is thrown away for a while.

    A connection closed at once would be reset, and the client would not see the answer.
    """

    def execute(self) -> None:
        """Send the answer, and let the connection linger."""
        super().execute()
        self.close_on_finish = False
        self.channel.lingering = True  # type: ignore[attr-defined]


class Answer(WSGITask):
    """Answers one request by the application."""

    def write(self, data: bytes) -> None:
        """Send a part of the body, the first one together with the head."""
        if self.wrote_header or not data:
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        if self.has_body and not self.chunked_response and self.content_length in {None, len(data)}:
            self.content_bytes_written = len(data)
            self.channel.write_soon(head + data)
        else:
            self.channel.write_soon(head)
            super().write(data)


class Channel(HTTPChannel):
    """One connection. `since` is when it began what it does now, and `moved` its bytes since."""

    parser_class = Request  # type: ignore[mutable-override]
    task_class = Answer  # type: ignore[mutable-override]
    error_task_class = Refusal  # type: ignore[mutable-override]
    server: "Server"  # type: ignore[mutable-override]
    requests_lock: Lock
    socket: socket.socket  # type: ignore[mutable-override]

    def __init__(self, server: "Server", *rest: Any, **options: Any) -> None:
        self.since, self.moved = monotonic(), 0
        self.lingering = self.said_goodbye = False
        self._turn_taken = False
        super().__init__(server, *rest, **options)
        # What is read of a file to be sent; the system's buffers may be forty times as large.
        self.sendbuf_len = IN_MEMORY
        self.network = network_of(str(self.addr[0]))

    # --- in the loop ---

    def readable(self) -> bool:
        """Whether bytes are wanted."""
        return self.lingering or bool(super().readable())

    def writable(self) -> bool:
        """Whether there is something to write, or a pipelined request whose turn has come."""
        return bool(super().writable()) or self._turn_taken

    def handle_read(self) -> None:
        """Take what came."""
        if not self.lingering:
            super().handle_read()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()

    def handle_write(self) -> None:
        """Send what waits; then let the next of several pipelined requests be answered."""
        super().handle_write()
        if self.total_outbufs_len or not self.connected:
            return
        if self.lingering and not self.said_goodbye:
            self.said_goodbye = True
            self.socket.shutdown(socket.SHUT_WR)
        if self._turn_taken:
            self._turn_taken = False
            self.server.add_task(self)  # type: ignore[arg-type]

    def received(self, data: bytes) -> bool:
        """Parse what came."""
        self.moved += len(data)
        done = bool(super().received(data))
        if self.requests:
            self._begin()
        elif self.moved > IN_MEMORY:
            self.server.look()
        return done

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress's
        """Send what the client takes, and count it."""
        sent = int(super().send(data, do_close=do_close))
        self.moved += sent
        return sent

    def handle_close(self) -> None:
        """Close, and drop what was received of a request."""
        super().handle_close()
        begun, self.request = self.request, None
        if begun is not None:
            begun.close()

    # --- in the threads ---

    def write_soon(self, data: bytes) -> int:
        """Send what the client takes at once, and keep the rest for the loop."""
        if self.total_outbufs_len or not self.connected or not isinstance(data, bytes):
            return int(super().write_soon(data))
        with self.outbuf_lock:
            sent = self.send(data, do_close=False)
        if sent < len(data):
            super().write_soon(data[sent:])
        return len(data)

    def service(self) -> None:
        """Answer one request, unless the answer before it is still being taken."""
        if self.lingering:
            with self.requests_lock:
                self.requests = []
        elif self.total_outbufs_len:
            self._turn_taken = True
            self.server.pull_trigger()
        else:
            self.server.crew.started()
            super().service()
            self._begin()
            if self.total_outbufs_len:
                self.server.look()

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Never wait for a reader: `Server` closes the slowest where too much waits for them."""

    # --- bounds ---

    def _begin(self) -> None:
        self.since, self.moved = monotonic(), 0

    @property
    def at_work(self) -> bool:
        """Whether the application is being asked, so that nobody waits for the client."""
        return bool(self.requests) and not self._turn_taken

    def late(self, now: float) -> bool:
        """Whether its time is over."""
        patience = LINGER if self.said_goodbye else PATIENCE + self.moved / PACE
        return not self.at_work and now > self.since + patience

    def pace(self, now: float) -> float:
        """Bytes a second of what it does now."""
        return self.moved / (now - self.since + SWEEP)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of bodies and answers that are kept for it, but those of files on the disk."""
        requests = [*self.requests, *filter(None, [self.request])]
        bodies = [len(request.body_rcv) for request in requests if request.body_rcv is not None]
        answers = [
            buffer.__len__()
            for buffer in tuple(self.outbufs)
            if not isinstance(buffer, ReadOnlyFileBasedBuffer)
        ]
        return sum(bodies) + sum(answers)


def network_of(address: str) -> str:
    """Return whom an address belongs to: itself, or with IPv6 its /64."""
    numbers = address.partition("%")[0]
    return str(ip_network((numbers, 64), strict=False)) if ":" in numbers else numbers


class Crew(ThreadedTaskDispatcher):
    """The threads that answer: few, since more of them get in each other's way, until they wait.

    Where all of them wait for a service, and requests for them, there are more, one by one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._started_at = monotonic()
        self.set_thread_count(FEW_THREADS)

    def add_task(self, task: Any) -> None:
        """Let a request be answered."""
        super().add_task(task)
        self.grow()

    def started(self) -> None:
        """Note that a thread has begun to answer."""
        self._started_at = monotonic()

    def grow(self) -> None:
        """Have another thread if requests wait and none was begun for a while."""
        held_up = self.queue and monotonic() > self._started_at + HELD_UP
        if held_up and len(self.threads) < THREADS:
            self.set_thread_count(len(self.threads) + 1)

    def shrink(self) -> None:
        """Have a thread less if there are more than a few and nothing to do for one."""
        if len(self.threads) > FEW_THREADS and self.active_count < FEW_THREADS:
            self.set_thread_count(len(self.threads) - 1)


class Server(TcpWSGIServer):
    """Serves `application` on a listening socket; bodies have at most `most_bytes`.

    Of all connections together at most `waiting_bytes` wait in memory or temporary files.
    """

    channel_class = Channel  # type: ignore[mutable-override]
    active_channels: dict[int, Channel]  # type: ignore[assignment]
    _map: dict[int, Any]

    def __init__(
        self, application: WSGIApplication, listener: socket.socket, most_bytes: int
    ) -> None:
        self._stopping = self._crowded = False
        self._next_sweep = 0.0
        self._waiting_bytes = 4 * most_bytes
        self.crew = Crew()
        super().__init__(
            application,
            map={},
            _sock=listener,
            dispatcher=self.crew,
            adj=_adjustments(most_bytes),
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

    def _turn(self) -> None:
        wasyncore.loop(timeout=SWEEP, use_poll=True, map=self._map, count=1)
        now = monotonic()
        if self._crowded or now >= self._next_sweep:
            self._crowded, self._next_sweep = False, now + SWEEP
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
        while sum(channel.waiting_bytes for channel in self._channels()) > self._waiting_bytes:
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
        if len(self.active_channels) >= CONNECTIONS:
            self._close_slowest(lambda _: 1)
        super().handle_accept()

    def set_socket_options(self, conn: socket.socket) -> None:
        """Bound what the system keeps of an answer for a slow reader, which is 4 MiB unless set."""
        super().set_socket_options(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDING)

    def maintenance(self, now: float) -> None:
        """Nothing: `serve` sweeps."""


def _adjustments(most_bytes: int) -> Adjustments:
    return Adjustments(
        ident="koda",
        # A connection more is taken only while none can be closed, as all are being answered.
        connection_limit=CONNECTIONS + 32,
        recv_bytes=IN_MEMORY,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=2 * IN_MEMORY,
        max_request_header_size=HEADER_BYTES,
        # waitress refuses bodies of so many bytes.
        max_request_body_size=most_bytes + 1,
        # `ProxyFix` believes as many of these headers as there are proxies of ours.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
    )
