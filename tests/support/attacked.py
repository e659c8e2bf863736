"""A served site to be attacked from loopback, and what to measure meanwhile.

The site sees one network, and its visitors are in it, too.
"""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from attrs import evolve, frozen

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.system.clock import now
from koda.entrypoints.settings.settings import Settings
from koda.testing.examples import a_ticket, digest
from tests.e2e.cli.program import PATIENCE, Koda, Serving, descent
from tests.e2e.flows.serving import Site

TIMEOUT = 10.0
"""Seconds."""


@frozen
class Target:
    """The site under attack; `download` is the path of a file of the largest size."""

    site: Site
    download: str

    @property
    def url(self) -> str:
        """The site's address."""
        return self.site.url

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 80)

    def head(self, method: str, path: str, *headers: str) -> bytes:
        """The head of a request."""
        lines = (f"{method} {path} HTTP/1.1", f"Host: {urlsplit(self.url).netloc}", *headers)
        return "\r\n".join((*lines, "", "")).encode()

    def connect(self, window: int | None = None) -> socket.socket:
        """A connection, with a small receive window where that is asked for."""
        connection = socket.socket()
        if window is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.settimeout(TIMEOUT)
        connection.connect(self.address)
        return connection


LARGEST = 50 * 1024**2
"""Bytes of the largest file that the settings allow."""


@frozen
class Attacked:
    """A served site, the processes that serve it, and where to attack it."""

    target: Target
    workers: list[int]


@contextmanager
def site_under_attack(folder: Path) -> Iterator[Attacked]:
    """Serve sample listings, and a file of the largest size, from `folder` by two processes."""
    with (folder / "log").open("w", encoding="utf-8") as log:
        koda = Koda(folder / "data", log)
        process = koda.begin(
            *("serve", "--port", "0", "--samples"), KODA_POLICY_ARTIFACT_BYTES=str(LARGEST)
        )
    try:
        serving = Serving(process)
        target = Target(serving.site, _largest(koda.data, serving.url))
        for path in ("/", "/healthz"):
            answer_times(target, path, TIMEOUT, 20)
        yield Attacked(target, _workers(process.pid))
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _largest(data: Path, url: str) -> str:
    """Put a file of the largest size in the file store, and return the path of its link."""
    keys = Settings(data=data).signing_keys("files")
    files = DirectoryFiles(data / "files", base_url=url, keys=keys, clock=now)
    content = bytes(LARGEST)
    ticket = evolve(
        a_ticket(), size=LARGEST, sha256=digest(content), expires_at=now() + timedelta(hours=1)
    )
    files.receive(ticket, content)
    return files.link(files.keep(ticket), ticket.expires_at).url.removeprefix(url)


def _workers(server: int) -> list[int]:
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in descent(server)}
    return [child for child, command in commands.items() if b"web.worker" in command]


def answer_times(target: Target, path: str, seconds: float, times: int) -> list[float]:
    """Ask for `path` on fresh connections, one after the other; the seconds that each took.

    An answer that takes longer than `seconds`, or is none, counts as infinite.
    """
    return [_ask(target, path, seconds) for _ in range(times)]


def _ask(target: Target, path: str, seconds: float) -> float:
    started = time.monotonic()
    asking = http.client.HTTPConnection(*target.address, timeout=seconds)
    try:
        asking.request("GET", path, headers={"Connection": "close"})
        answer = asking.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return float("inf")
    finally:
        asking.close()
    took = time.monotonic() - started
    return took if answer.status == http.HTTPStatus.OK and took <= seconds else float("inf")


def memory_of(processes: list[int]) -> int:
    """Bytes of memory that are the processes' own or theirs in proportion."""
    return sum(_proportional(process) for process in processes)


def _proportional(process: int) -> int:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    (line,) = [line for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) * 1024
