"""The marketplace as `koda serve` runs it, for tests that use it from outside."""

import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from attrs import field, frozen
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from koda.entrypoints.environment.loading import without_settings
from paysandbox.control import SandboxControl
from tests.servers.families import Ground

STARTS_WITHIN = 60.0
ENDS_WITHIN = 30.0


@frozen
class Site:
    """A running marketplace: its address, the sandbox beside it, and where its files travel.

    `server_id` is the process that keeps its workers.
    """

    url: str
    sandbox: SandboxControl
    files_url: str = field()
    server_id: int = 0

    @files_url.default
    def _own(self) -> str:
        return f"{self.url}/files/"


@contextmanager
def served(log: Path, ground: Ground, *options: str) -> Iterator[Site]:
    """Serve a marketplace where it was prepared; what it says goes to the file `log`."""
    limits = {f"KODA_LIMITS_{name}": "100000/minute" for name in LIMITED}
    environ = {**without_settings(os.environ), **limits, **ground.variables}
    port = str(urlsplit(ground.variables["KODA_SITE_URL"]).port)
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "koda.entrypoints.cli.main", "serve", "--port", port, *options],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        yield _site(process, ground)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(ENDS_WITHIN)
        if process.stdout:
            process.stdout.close()


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write nothing."""


@contextmanager
def listening() -> Iterator[BaseWSGIServer]:
    """A server of this process at a free port, which answers as its `app` does once it has one."""
    server = make_server("127.0.0.1", 0, lambda *_: (), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LIMITED = ("CHECKOUT", "DOWNLOAD", "UPLOAD", "ONBOARDING", "SIGN_IN")


def _site(process: "subprocess.Popen[str]", ground: Ground) -> Site:
    assert process.stdout is not None
    lines = _lines_until(process.stdout, "Stop with")
    url = next(line.split()[-1] for line in lines if line.startswith("Koda serves"))
    sandbox = next(line for line in lines if "are a sandbox at" in line)
    address = sandbox.split(" at ")[1].split(": ")[0]
    control = SandboxControl(address)
    control.be_strict()
    return Site(url, control, ground.files_url, process.pid)


def _lines_until(stream: IO[str], last: str) -> list[str]:
    lines: list[str] = []
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not lines or not lines[-1].startswith(last):
            assert lines or selector.select(STARTS_WITHIN), "the site does not start"
            line = stream.readline()
            assert line, f"the site ended: {lines}"
            lines.append(line.strip())
    return lines
