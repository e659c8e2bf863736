"""A proxy on loopback that stands before a server and does to its clients what networks do."""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

CHUNK = 65536
PATIENCE = 20.0
"""Seconds after which what does not come is given up."""
PORTS = {"redis": 6379, "mongodb": 27017, "http": 80}
"""Where servers listen whose address does not say it."""

Fault = Callable[["Proxy", socket.socket], bool]
"""What is done to a client that asks; tells whether the question is passed on all the same."""


class Proxy:
    """Passes everything on, unless `fault` says otherwise; counts what it saw.

    It stands before the server at an address such as `redis://127.0.0.1:6379`; `url` is the same
    address, but the proxy's. `spare` lets so many questions pass before the fault shows. `delay` is
    waited for before each byte of an answer if `dripping`, and else before each answer; `edit`
    writes it anew. A connection is broken once `most` bytes of answers have passed through it.
    """

    def __init__(self, url: str) -> None:
        self.fault: Fault = passing
        self.spare = 0
        self.delay = 0.0
        self.dripping = False
        self.most: int | None = None
        self.edit: Callable[[bytes], bytes] = bytes
        self.questions = 0
        self.turns = 0
        """How often somebody asked after an answer: the round trips, of one client at a time."""
        self.connections = 0
        self.hung_up = Event()
        """Set once a client left before its answer was whole."""
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or PORTS[parts.scheme])
        self._answered = True
        self._ended = Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        whom, at, _ = parts.netloc.rpartition("@")
        self.url = parts._replace(netloc=f"{whom}{at}127.0.0.1:{self.port}").geturl()
        self._run(self._accept)

    def become(self, fault: Fault) -> None:
        """Break every open connection; do `fault` to whoever comes from now on."""
        self.fault, self.delay, self.dripping = fault, 0.0, False
        self.most, self.edit = None, bytes
        self._cut()

    def close(self) -> None:
        """End every connection and refuse new ones."""
        self._ended.set()
        _end(self._listener)
        self._cut()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _cut(self) -> None:
        while self._sockets:
            _end(self._sockets.pop())

    def _run(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server, PATIENCE)
        except OSError:
            # It is not there, so nobody seems to listen here either.
            reset(self, client)
            return
        for end in (client, server):
            end.settimeout(None)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sockets += [client, server]
        self._run(self._ask, client, server)
        self._run(self._answer, client, server)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while question := client.recv(CHUNK):
                self.questions += 1
                self.turns += self._answered
                self._answered = False
                self.spare -= 1
                if self.spare >= 0 or self.fault(self, client):
                    server.sendall(question)
            self.hung_up.set()
        _end(server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while answer := server.recv(CHUNK):
                self._answered = True
                size = 1 if self.dripping else CHUNK
                answer = self.edit(answer)
                left = answer if self.most is None else answer[: self.most - passed]
                for start in range(0, len(left), size):
                    self._ended.wait(self.delay)
                    client.sendall(left[start : start + size])
                passed += len(left)
                if len(left) < len(answer):
                    break
        _end(client)


def _end(connection: socket.socket) -> None:
    """End a connection, whoever still waits on it."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def passing(_: Proxy, __: socket.socket) -> bool:
    """Do nothing."""
    return True


def black_hole(_: Proxy, __: socket.socket) -> bool:
    """Never answer."""
    return False


def reset(_: Proxy, client: socket.socket) -> bool:
    """End the connection the hard way."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    return False


def late(seconds: float) -> Fault:
    """Answer, but so many seconds late."""

    def fault(proxy: Proxy, _: socket.socket) -> bool:
        proxy.delay = seconds
        return True

    return fault


def drip(seconds: float) -> Fault:
    """Answer byte by byte, with so many seconds before each."""

    def fault(proxy: Proxy, _: socket.socket) -> bool:
        proxy.delay, proxy.dripping = seconds, True
        return True

    return fault


def broken_off(most: int) -> Fault:
    """Break the connection when so many bytes were answered."""

    def fault(proxy: Proxy, _: socket.socket) -> bool:
        proxy.most = most
        return True

    return fault


def misspelt(right: bytes, wrong: bytes) -> Fault:
    """Answer, but with some bytes in place of others."""

    def fault(proxy: Proxy, _: socket.socket) -> bool:
        proxy.edit = lambda answer: answer.replace(right, wrong)
        return True

    return fault


def garbage(answer: bytes) -> Fault:
    """Answer this, whatever the question."""

    def fault(_: Proxy, client: socket.socket) -> bool:
        client.sendall(answer)
        return False

    return fault


def until(condition: Callable[[], bool]) -> bool:
    """Wait until something is so, for a while."""
    ends_at = monotonic() + PATIENCE
    while not condition() and monotonic() < ends_at:
        Event().wait(0.005)
    return condition()
