"""A small threaded HTTP/1.1 server with connections that stay open, and that can break."""

import logging
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote

from paysandbox.http import Answer, Request
from paysandbox.loopback import names_loopback

_MAX_BODY = 10_000_000
"""Bytes beyond which a body is not even read."""

_LINGER = struct.pack("ii", 1, 0)
"""Close at once, with a reset."""

_PATIENCE = 0.02
"""Seconds between two looks for whether to stop."""

_STRANGE_HOST = (
    b"The sandbox answers at 127.0.0.1, [::1] and localhost alone: use such an address.\n"
)
"""A page elsewhere may let its own name lead to this machine (DNS rebinding)."""

Application = Callable[[Request], Answer]

log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """Serves an application on one address, one thread a connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int) -> None:
        """Listen; requests are answered once `application` is set and `serve_forever` runs."""
        self.application: Application = lambda _: Answer(503)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, to close it with the server."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def work(self) -> None:
        """Answer requests until stopped."""
        self.serve_forever(poll_interval=_PATIENCE)

    def stop(self) -> None:
        """Hang up: listen no more and break every open connection; `work` must have ended."""
        self.server_close()
        with self._lock:
            lingering = list(self._open)
        for connection in lingering:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base's own
        """Note a connection that broke: clients drop theirs as they like."""
        log.info("The connection from %s broke: %r", client_address, sys.exc_info()[1])


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the application's answers."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        answer = cast("Server", self.server).application(request)
        if answer.hang_up is not None:
            self._break(answer.hang_up)
            return
        self._write(answer)

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self._refuse(411)
            return None
        if int(length) > _MAX_BODY:
            self._refuse(413)
            return None
        if not self._meant():
            self._refuse(421, _STRANGE_HOST)
            return None
        body = self.rfile.read(int(length))
        path, _, query = self.path.partition("?")
        plain = unquote(path, errors="replace")
        return Request(self.command, plain, query.encode(), self.headers, body)

    def _meant(self) -> bool:
        """Whether the caller named this machine by what no page elsewhere can let lead here."""
        named = self.headers.get_all("Host", [])
        return len(named) == 1 and names_loopback(named[0])

    def _refuse(self, status: int, text: bytes = b"") -> None:
        self.close_connection = True
        self._write(Answer(status, {"Content-Type": "text/plain; charset=utf-8"}, text))

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        for cookie in answer.cookies:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _break(self, how: str) -> None:
        self.close_connection = True
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Serve every method alike: the base class looks for `do_GET` and its kin."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the sandbox keeps its own log of requests."""
