"""A server on loopback that answers as it is told and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from attrs import define, field, frozen


@frozen
class Reply:
    """One answer; `before` is called when it is asked for."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    before: Callable[[], object] = field(default=lambda: None, repr=False)


@define
class Answering:
    """Gives its replies in order, the last one again and again."""

    replies: list[Reply]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(factory=list)

    def next(self, method: str, path: str, headers: Mapping[str, str]) -> Reply:
        """Remember a request and give its reply."""
        lowered = {name.lower(): value for name, value in headers.items()}
        self.asked.append((method, path, lowered))
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def answering(*replies: Reply) -> Iterator[Answering]:
    """Serve `replies` on a free port."""
    told = Answering(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            """Answer any request."""
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = told.next(self.command, self.path, dict(self.headers))
            reply.before()
            self.send_response_only(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield told
        server.shutdown()
        thread.join(5)
