"""Connections to slow clients, which cost nobody but themselves: waitress within our bounds.

waitress reads requests and writes answers in one loop and calls the application in threads, so that
a thread is used only between the last byte of a request and the first of its answer. What it leaves
open, as of 3.0.2, is closed here:

- its time-outs spare whoever sends or takes a byte now and then, and never close a connection
  whose reader takes nothing: here each has a deadline that follows from what it moved;
- at its limit of connections it takes no new ones: here the slowest of the greediest network goes;
- a thread waits for a slow reader of a long or of a pipelined answer: here none ever does;
- bodies and answers waiting in memory or temporary files are bounded for each connection alone:
  here for all together;
- the lines that announce chunks may be endless, and reading them took quadratic time; a body may
  be cut into chunks of a byte, each of which takes a turn of the loop, as do empty lines before a
  request: here chunks are bounded, and empty lines are thrown away at once;
- a body that is both in chunks and of a length is refused, since proxies read one or the other;
- an address that cannot be read ends the connection with an error in the log: here it is refused.
"""

import socket
from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import Any

from attrs import field, frozen
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import ChunkedReceiver
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, Error

from koda.entrypoints.web.networks import network_of

_PACE = 16 * 1024
"""Bytes that earn a connection one second more than its patience."""
_LINGER = 5.0
"""Seconds in which a client that still sends can read why it was refused."""
IN_MEMORY = 64 * 1024
"""Bytes of a body or an answer that wait in memory; the rest does in a temporary file."""
HEADER_BYTES = 32 * 1024
_LONGEST_LINE = 1024
"""Bytes of the line that announces a chunk."""
_LEAST_FRAMING = 1024
"""Bytes around the chunks of a body that are read whatever they hold; of more than that, at most a
fourth of what they hold."""
_CHUNKS_AT_ONCE = 4096
"""Bytes of a body in chunks that are read before it is looked at what they hold."""
_NEW_LINES = b"\r\n"


@frozen
class Bounds:
    """What clients may take of one process.

    A body has at most `most_bytes`. Of all connections together, which are at most `connections`
    and need up to three descriptors each, at most `waiting_bytes` wait in memory or temporary
    files. A connection may be idle, send a request or take an answer for `patience` seconds, and
    one more for every `_PACE` bytes that it moves meanwhile.
    """

    most_bytes: int
    connections: int = 256
    patience: float = 20.0
    waiting_bytes: int = field()

    @waiting_bytes.default
    def _some_bodies(self) -> int:
        return 4 * self.most_bytes


class _Request(HTTPRequestParser):
    """Reads one request; refuses what would cost more to read than it holds."""

    def received(self, data: bytes) -> int:
        """Take some bytes, and return how many belonged to this request."""
        begun = data if self.header_plus or self.body_rcv is not None else data.lstrip(_NEW_LINES)
        taken = len(data) - len(begun)
        if isinstance(self.body_rcv, ChunkedReceiver):
            # The rest comes again, unless it is refused before.
            begun = begun[:_CHUNKS_AT_ONCE]
        if begun:
            taken += self._parsed(begun)
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and self._endless(body):
            self._refuse("The line before a chunk, or what follows the last, is too long")
            taken = len(data)
        elif isinstance(body, ChunkedReceiver) and self._shredded(body):
            self._refuse("The chunks are too small")
            taken = len(data)
        if self.error:
            # Or else the body would be asked for, and read, before the refusal is sent.
            self.expect_continue = False
        return taken

    def _parsed(self, data: bytes) -> int:
        try:
            taken = int(super().received(data))
        except ValueError:
            # Of an address such as `http://[/`; another head stands in, as waitress does it.
            self.parse_header(b"GET / HTTP/1.0\r\n")
            self._refuse("The address cannot be read")
            return len(data)
        # Once the body has come, waitress notes its length itself.
        if self.chunked and not self.body_bytes_received and "CONTENT_LENGTH" in self.headers:
            self._refuse("A body in chunks has no Content-Length")
        return taken

    def _refuse(self, problem: str) -> None:
        self.error: Error | None = BadRequest(problem)
        self.completed = True

    def _shredded(self, body: ChunkedReceiver) -> bool:
        held = len(body)
        return self.body_bytes_received - held > max(_LEAST_FRAMING, held // 4)

    @staticmethod
    def _endless(body: ChunkedReceiver) -> bool:
        return len(body.control_line) > _LONGEST_LINE or len(body.trailer) > HEADER_BYTES


class _Refusal(ErrorTask):
    """Answers a request that is not read; what still comes is thrown away for a while.

    A connection closed at once would be reset, and the client would not see the answer.
    """

    def execute(self) -> None:
        """Send the answer, and let the connection linger."""
        super().execute()
        self.close_on_finish = False
        self.channel.lingering = True  # type: ignore[attr-defined]


class _Answer(WSGITask):
    """Answers one request by the application."""

    def write(self, data: bytes) -> None:
        """Send a part of the body, the first one together with the head."""
        if self.wrote_header or not data:
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        if self.has_body and not self.chunked_response and self.content_length in {None, len(data)}:
            self.content_bytes_written: int = len(data)
            self.channel.write_soon(head + data)
        else:
            self.channel.write_soon(head)
            super().write(data)


class Channel(HTTPChannel):
    """One connection. `since` is when it began what it does now, and `moved` its bytes since."""

    parser_class: type[_Request] = _Request  # type: ignore[mutable-override]
    task_class: type[_Answer] = _Answer  # type: ignore[mutable-override]
    error_task_class: type[_Refusal] = _Refusal  # type: ignore[mutable-override]
    server: Any
    request: HTTPRequestParser | None
    requests: Sequence[HTTPRequestParser]
    requests_lock: Lock
    socket: socket.socket  # type: ignore[mutable-override]

    def __init__(self, server: Any, *rest: Any, **options: Any) -> None:
        self.since: float = monotonic()
        self.moved: int = 0
        self.lingering: bool = False
        self.said_goodbye: bool = False
        self._turn_taken = False
        super().__init__(server, *rest, **options)
        # What is read of a file to be sent; the system's buffers may be forty times as large.
        self.sendbuf_len = IN_MEMORY
        self.network: str = network_of(str(self.addr[0]))

    # --- in the loop ---

    def readable(self) -> bool:
        """Whether bytes are wanted."""
        return self.lingering or bool(super().readable())

    def writable(self) -> bool:
        """Whether there is something to write or to end, or the turn of a pipelined request."""
        ending = self.lingering and not self.said_goodbye
        return bool(super().writable()) or self._turn_taken or ending

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
            self.server.add_task(self)

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
        patience = (
            _LINGER if self.said_goodbye else self.server.bounds.patience + self.moved / _PACE
        )
        return not self.at_work and now > self.since + patience

    def pace(self, now: float) -> float:
        """Bytes a second of what it does now."""
        return self.moved / (now - self.since + 1.0)

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
