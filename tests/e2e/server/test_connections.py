"""What the server does with connections, over real sockets on loopback."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from io import BytesIO
from threading import Event, Thread
from time import monotonic, sleep
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from koda.entrypoints.web.connections import Bounds
from koda.entrypoints.web.listening import Server

TIMEOUT = 20.0
MEBIBYTE = 1024**2
LARGE = 8 * MEBIBYTE
BODY = 64 * 1024
SOON = Bounds(most_bytes=BODY, patience=0.2)
"""Deadlines that are over at once."""


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Says what it was asked; `/large` is a file, `/pieces` as much without a length in one go."""
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read()
    if path == "/broken":
        raise RuntimeError(path)
    if path == "/large":
        start_response("200 OK", [("Content-Length", str(LARGE))])
        file: Iterable[bytes] = environ["wsgi.file_wrapper"](BytesIO(bytes(LARGE)))
        return file
    if path == "/pieces":
        start_response("200 OK", [("Content-Length", str(LARGE))])
        return (bytes(BODY) for _ in range(LARGE // BODY))
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    text = f"{environ['REQUEST_METHOD']} {path} {len(body)} {forwarded}".encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else text]


class Running:
    """A server in a thread."""

    def __init__(self, bounds: Bounds) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = listener.getsockname()
        self.server = Server(application, listener, bounds)
        self._thread = Thread(target=self.server.serve, args=(TIMEOUT,))
        self._thread.start()

    def connect(self, window: int | None = None) -> socket.socket:
        """A connection to it, with a small receive window where that is asked for."""
        connection = socket.socket()
        if window:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.settimeout(TIMEOUT)
        connection.connect(self.address)
        return connection

    def ask(self, request: bytes) -> bytes:
        """Send a request on a connection of its own; all that is answered until it is closed."""
        with self.connect() as connection:
            connection.sendall(request)
            return everything(connection)

    def answers(self) -> bool:
        """Whether it answers."""
        return b" 200 OK" in self.ask(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    def wait_until_idle(self) -> None:
        """Wait until no thread answers: a client has its answer before the thread is done."""
        ends_at = monotonic() + TIMEOUT
        while self.server.crew.active_count:
            assert monotonic() < ends_at, "a thread is still answering"
            sleep(0.01)

    def stop(self) -> None:
        """Stop, and wait for the end."""
        self.server.stop()
        self._thread.join(TIMEOUT)
        assert not self._thread.is_alive()
        self.server.close()


def everything(connection: socket.socket) -> bytes:
    """All that comes until the connection is closed or reset."""
    came = b""
    try:
        while chunk := connection.recv(MEBIBYTE):
            came += chunk
    except ConnectionResetError:
        pass
    return came


Run = Callable[[Bounds], Running]


@pytest.fixture
def run() -> Iterator[Run]:
    """Start servers."""
    started = []

    def start(bounds: Bounds) -> Running:
        running = Running(bounds)
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def running(run: Run) -> Running:
    """A server with the deadlines of a site."""
    return run(Bounds(most_bytes=BODY))


def test_connection_is_kept_for_further_requests(running: Running) -> None:
    """The second is answered on the same one."""
    with running.connect() as connection:
        for path in (b"/1", b"/2"):
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            assert path in connection.recv(4096)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b"GET /a HTTP/1.1\r\nHost: a\r\n", b"GET /a 0 "),
        (b"GET http://a/b HTTP/1.1\r\nHost: a\r\n", b"GET /b 0 "),
        (b"HEAD /a HTTP/1.1\r\nHost: a\r\n", b""),
        (b"GET /a HTTP/1.1\r\nX-Forwarded-For: 192.0.2.7\r\n", b"GET /a 0 192.0.2.7"),
    ],
)
def test_requests_of_all_forms_are_answered(
    running: Running, request_: bytes, answer: bytes
) -> None:
    """Of origin and absolute form, without a body, and with what a proxy says."""
    head, _, body = running.ask(request_ + b"Connection: close\r\n\r\n").partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == answer


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        (b"Content-Length: 5", b"hello"),
        (b"Transfer-Encoding: chunked", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    ],
)
def test_bodies_are_asked_for_and_read(running: Running, head: bytes, sent: bytes) -> None:
    """Of a known length or in chunks, by clients that wait to be asked."""
    start = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
    with running.connect() as connection:
        connection.sendall(start + head + b"\r\n\r\n")
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(sent)
        assert everything(connection).endswith(b"POST / 5 ")


@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
def test_too_large_a_body_is_refused_unread(running: Running, expect: bytes) -> None:
    """Before a byte of it has come."""
    length = b"Content-Length: %d\r\n" % (BODY + 1)

    with running.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + length + expect + b"\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 413 ")


def test_who_sends_too_much_reads_why_it_was_refused(running: Running) -> None:
    """The rest is thrown away for a while, and nothing in it is taken for a request."""
    size = 4 * MEBIBYTE
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size

    answer = running.ask(head + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + bytes(size // 2))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_largest_body_is_read(running: Running) -> None:
    """Of as many bytes as are allowed."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % BODY

    assert running.ask(head + bytes(BODY)).endswith(b"POST / %d " % BODY)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nCookie: " + b"a" * 40_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 2000, b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a" * 40_000, b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 2000, b"400"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://[/ HTTP/1.1\r\n\r\n", b"400"),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 2000,
            b"400",
        ),
    ],
)
def test_endless_heads_and_nonsense_are_refused(
    running: Running, sent: bytes, status: bytes
) -> None:
    """Each with its status, and the connection is closed."""
    assert running.ask(sent).split()[1] == status


def test_small_chunks_are_read_where_they_are_few(running: Running) -> None:
    """As programs send them that write a line at a time."""
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"1\r\na\r\n" * 150 + b"400\r\n" + bytes(1024) + b"\r\n"

    assert running.ask(head + body + b"0\r\n\r\n").endswith(b"POST / 1174 ")


def test_large_chunks_and_what_follows_them_are_read(running: Running) -> None:
    """A body that comes at once is read in parts, and the next request behind it."""
    head = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = (b"4e20\r\n" + bytes(20_000) + b"\r\n") * 3 + b"0\r\n\r\n"

    came = running.ask(head + body + b"GET /b HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert b"POST /a 60000 " in came
    assert came.endswith(b"GET /b 0 ")


def test_empty_lines_before_a_request_are_no_requests(running: Running) -> None:
    """However many, and before a further request as well."""
    lines, head = b"\r\n" * 50_000, b" HTTP/1.1\r\nHost: a\r\n"

    came = running.ask(
        lines + b"GET /a" + head + b"\r\n" + lines + b"GET /b" + head + b"Connection: close\r\n\r\n"
    )

    assert came.count(b"200 OK") == 2
    assert came.endswith(b"GET /b 0 ")


def test_failing_application_costs_its_request_alone(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """It is answered with 500, and the next one is answered."""
    assert b" 500 " in running.ask(b"GET /broken HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert running.answers()
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTT",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_who_sends_nothing_more_is_left(run: Run, sent: bytes) -> None:
    """Whether it is idle, or in the middle of a request."""
    with run(SOON).connect() as connection:
        connection.sendall(sent)
        everything(connection)


@pytest.mark.parametrize("path", [b"/large", b"/pieces"])
@pytest.mark.parametrize("requests", [1, 5])
def test_who_reads_nothing_is_left(run: Run, path: bytes, requests: int) -> None:
    """A file or a stream, one answer or several: neither ends, and nobody else waits for it."""
    running = run(SOON)
    with running.connect(4096) as connection:
        connection.sendall((b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n") * requests)
        connection.recv(1)
        assert running.answers()
        while running.server.active_channels:
            assert running.answers()
            Event().wait(0.05)


def test_pipelined_requests_are_answered_in_their_order(run: Run) -> None:
    """To whom reads, however long the answers are."""
    paths = [b"/1", b"/large", b"/2", b"/pieces", b"/3"]
    request = b"".join(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n" for path in paths)

    running = run(Bounds(most_bytes=BODY, waiting_bytes=2 * LARGE))
    came = running.ask(request + b"GET /4 HTTP/1.1\r\nConnection: close\r\n\r\n")

    places = [came.index(b"GET /%d 0" % number) for number in (1, 2, 3, 4)]
    assert places == sorted(places)
    assert came.count(b"\0") == 2 * LARGE


def test_at_the_limit_the_oldest_that_does_nothing_makes_room(run: Run) -> None:
    """Newcomers are answered, and whoever asked for something lately stays."""
    running = run(Bounds(most_bytes=BODY, connections=8))
    with Connections(running, 8) as idle:
        for _ in range(4):
            assert running.answers()
        last = idle[-1]
        last.sendall(b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"/last" in last.recv(4096)
        assert everything(idle[0]) == b""


class Connections(AbstractContextManager[list[socket.socket]]):
    """Idle connections, the oldest first."""

    def __init__(self, running: Running, number: int) -> None:
        self._connections = []
        for _ in range(number):
            connection = running.connect()
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.recv(4096)
            running.wait_until_idle()
            self._connections.append(connection)

    def __enter__(self) -> list[socket.socket]:
        return self._connections

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()


def test_what_waits_for_slow_clients_is_bounded(run: Run) -> None:
    """Bodies that do not end and answers that nobody takes go, the slowest first."""
    running = run(Bounds(most_bytes=4 * MEBIBYTE, waiting_bytes=12 * MEBIBYTE))
    begun = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (4 * MEBIBYTE)
    with (
        many(running, 8, begun + bytes(3 * MEBIBYTE)),
        many(running, 8, b"GET /pieces HTTP/1.1\r\n\r\n"),
    ):
        assert running.answers()
        running.server.look()
        while waiting_bytes(running) > 12 * MEBIBYTE:
            Event().wait(0.05)
        assert running.answers()


def waiting_bytes(running: Running) -> int:
    """What waits in memory or temporary files for slow clients."""
    channels = tuple(running.server.active_channels.values())
    return sum(channel.waiting_bytes for channel in channels)


@contextmanager
def many(running: Running, number: int, sent: bytes) -> Iterator[None]:
    """So many connections that send this and read nothing."""
    connections = [running.connect(4096) for _ in range(number)]
    for connection in connections:
        try:
            connection.sendall(sent)
        except OSError:
            connection.close()
    yield
    for connection in connections:
        connection.close()


def test_what_is_being_answered_is_finished_at_the_end(run: Run) -> None:
    """An answer that is still being taken; idle connections are closed at once."""
    running = run(Bounds(most_bytes=BODY))
    with closing(running.connect()) as taking, closing(running.connect()) as idle:
        taking.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        first = taking.recv(1)
        running.server.stop()
        assert everything(idle) == b""
        came = first + everything(taking)

    assert came.count(b"\0") == LARGE
