"""A small TCP proxy that can lose its server: nothing listens, nothing answers, connections break.

Clients speak to `url`; what stands between them and the server changes while they do.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

from attrs import define, field

BLOCK = 65_536
ENDS_WITHIN = 5.0
BROKEN = struct.pack("ii", 1, 0)
"""Lingering for zero seconds: the connection is reset when it is closed."""


class Weather(Enum):
    """What becomes of what clients send."""

    FAIR = "it reaches the server"
    BLACK_HOLE = "it is taken, and no answer ever comes"
    RESET = "the connection is reset"
    TRUNCATED = "the answer breaks off in its middle"
    GARBAGE = "something answers that does not speak HTTP"


@define(slots=False)
class Relay:
    """Stands before the server at `target` (host, port)."""

    target: tuple[str, int]
    weather: Weather = Weather.FAIR
    url: str = ""
    _open: "list[socket.socket]" = field(factory=list)

    def turn(self, weather: Weather) -> None:
        """Change the weather; connections that are open do not survive it."""
        self.weather = weather
        self.cut()

    def cut(self) -> None:
        """Break every open connection."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._open.append(client)
            match self.weather:
                case Weather.FAIR:
                    self._relay(client, None)
                case Weather.TRUNCATED:
                    self._relay(client, 500)
                case Weather.GARBAGE:
                    client.recv(BLOCK)
                    client.sendall(b"220 mail.example ESMTP\r\n")
                case Weather.RESET:
                    client.recv(1)
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, BROKEN)
                case Weather.BLACK_HOLE:
                    while client.recv(BLOCK):
                        pass

    def _relay(self, client: socket.socket, most: int | None) -> None:
        """Pass everything on; of the answers no more than `most` bytes, if given."""
        with socket.create_connection(self.target) as server:
            self._open.append(server)
            up = threading.Thread(target=_pump, args=(client, server, None), daemon=True)
            up.start()
            _pump(server, client, most)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            up.join(ENDS_WITHIN)


def _pump(source: socket.socket, sink: socket.socket, most: int | None) -> None:
    left = most
    with suppress(OSError):
        while block := source.recv(BLOCK):
            sink.sendall(block[:left])
            if left is not None:
                left -= len(block)
                if left <= 0:
                    return
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def relayed(target: tuple[str, int]) -> Iterator[Relay]:
    """Stand before `target` on a free port."""
    relay = Relay(target)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=relay.serve, args=(listener,), daemon=True)
        thread.start()
        yield relay
        listener.shutdown(socket.SHUT_RDWR)
    relay.cut()
    thread.join(ENDS_WITHIN)
