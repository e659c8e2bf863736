"""A small web server that takes webhook messages and answers as a test wants."""

import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import attrs


@attrs.frozen
class Received:
    """One message."""

    path: str
    headers: dict[str, str]
    body: bytes


class Crowd(ThreadingHTTPServer):
    """Takes many connections at once."""

    daemon_threads = True
    request_queue_size = 128


class Receiver:
    """Keeps every message; answers with the statuses it was given, then with 200."""

    def __init__(self, statuses: Iterable[int] = ()) -> None:
        """Listen on a free port and answer in the background."""
        self.received: list[Received] = []
        self.statuses = list(statuses)
        self.gate = threading.Event()
        self.gate.set()
        self._changed = threading.Condition()
        self._server = Crowd(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver._take(Received(self.path, dict(self.headers), body))
                receiver.gate.wait(5)
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Stay quiet."""

        return Handler

    def _take(self, message: Received) -> int:
        with self._changed:
            self.received.append(message)
            self._changed.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def await_messages(self, count: int, timeout: float = 5.0) -> None:
        """Wait until so many messages have come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, timeout)

    def __enter__(self) -> Self:
        """The running receiver."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
