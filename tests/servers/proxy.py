"""A proxy on loopback that stands before a server and does to its clients what networks do."""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

CHUNK = 65536
PATIENCE = 20.0
"""Seconds after which a connection that nobody ends is given up."""

Fault = Callable[["Proxy", socket.socket], bool]
"""What is done to a client that asks; tells whether the question is passed on all the same."""


class Proxy:
    """Passes everything on, unless `fault` says otherwise; counts what it saw.

    `spare` lets so many questions pass before the fault shows. `delay` is waited for before each
    byte of an answer if `dripping`, and else before each answer.
    """

    def __init__(self, host: str, port: int) -> None:
        self.fault: Fault = passing
        self.spare = 0
        self.delay = 0.0
        self.dripping = False
        self.questions = 0
        self.turns = 0
        """How often somebody asked after an answer: the round trips, of one client at a time."""
        self.connections = 0
        self.hung_up = Event()
        """Set once a client left before its answer was whole."""
        self._server = (host, port)
        self._answered = True
        self._ended = Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._run(self._accept)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Its address as one of Redis."""
        return f"redis://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End every connection and refuse new ones."""
        self._ended.set()
        for one in [self._listener, *self._sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _run(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                server = socket.create_connection(self._server, PATIENCE)
                client.settimeout(PATIENCE)
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
            server.shutdown(socket.SHUT_RDWR)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while answer := server.recv(CHUNK):
                self._answered = True
                size = 1 if self.dripping else CHUNK
                for start in range(0, len(answer), size):
                    self._ended.wait(self.delay)
                    client.sendall(answer[start : start + size])


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
