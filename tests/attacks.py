"""Attacks on a served site by raw connections, each bounded in number; and what to measure then.

They run from loopback, so that a site sees one network, and its visitors are in it, too.
"""

import http.client
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from attrs import evolve, frozen

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.system.clock import now
from koda.domain.model.catalogue import CatalogueQuery
from koda.domain.model.paging import Cursor
from koda.entrypoints.settings import Settings
from koda.testing.examples import a_ticket, digest
from tests.e2e.cli.program import PATIENCE, Koda, Serving, descent

TIMEOUT = 10.0
SMALL = 4096
"""Bytes that the window of a slow reader takes."""


@frozen
class Target:
    """The site under attack; `download` is the path of a file of the largest size."""

    url: str
    download: str

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


Attack = Callable[[Target], Iterator[None]]


def _many(number: int, begin: Callable[[int], socket.socket]) -> Iterator[None]:
    with ExitStack() as opened:
        for place in range(number):
            opened.enter_context(begin(place))
        yield


def half_bodies(target: Target) -> Iterator[None]:
    """One byte of a message from the payment provider."""
    head = target.head("POST", "/webhooks/stripe", "Content-Length: 1000")

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        connection.sendall(head + b"{")
        return connection

    return _many(64, begin)


def half_heads(target: Target) -> Iterator[None]:
    """A request that never ends its headers."""

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        connection.sendall(target.head("GET", "/")[:-2])
        return connection

    return _many(200, begin)


def idle(target: Target) -> Iterator[None]:
    """More connections than the site keeps, and nothing on them."""
    return _many(700, lambda _: target.connect())


def large_bodies(target: Target) -> Iterator[None]:
    """Most of the largest body, and then nothing more."""
    size = 8 * 1024**2
    head = target.head("POST", "/webhooks/stripe", f"Content-Length: {size}")
    most = bytes(size - 1)

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        try:
            connection.sendall(head + most)
        except OSError:
            connection.close()
        return connection

    return _many(24, begin)


def endless_chunk_lines(target: Target) -> Iterator[None]:
    """The line that announces a chunk goes on and on."""
    head = target.head("POST", "/webhooks/stripe", "Transfer-Encoding: chunked")
    line = b"0" * 4 * 1024**2

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        try:
            connection.sendall(head + line)
        except OSError:
            connection.close()
        return connection

    return _many(16, begin)


def slow_readers(target: Target) -> Iterator[None]:
    """Nobody reads the file that was asked for."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", target.download))
        return connection

    return _many(100, begin)


def pipelined_readers(target: Target) -> Iterator[None]:
    """Nobody reads any of the files that were asked for at once."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", target.download) * 8)
        return connection

    return _many(48, begin)


def slow_page_readers(target: Target) -> Iterator[None]:
    """Nobody reads any of the many pages that were asked for at once."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", "/") * 100)
        return connection

    return _many(48, begin)


def dripping(target: Target) -> Iterator[None]:
    """A byte of a body every while, and a few of an answer."""
    ended = Event()
    head = target.head("POST", "/webhooks/stripe", "Content-Length: 100000")
    with ExitStack() as opened:
        senders = [opened.enter_context(target.connect()) for _ in range(50)]
        readers = [opened.enter_context(target.connect(SMALL)) for _ in range(50)]
        for sender in senders:
            sender.sendall(head)
        for reader in readers:
            reader.sendall(target.head("GET", target.download))
        thread = Thread(target=_drip, args=(senders, readers, ended))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def different_searches(target: Target) -> Iterator[None]:
    """Searches and cursors that nobody has asked for before, each to be kept, and long addresses.

    What visitors see of the catalogue was asked for by others before, on each process.
    """
    answer_times(target, "/", TIMEOUT, 20)
    asking = http.client.HTTPConnection(*target.address, timeout=TIMEOUT)
    with closing(asking):
        for number in range(400):
            for query in (f"max_price={number + 1}", f"cursor={_made_up(number)}", "x" * 20_000):
                asking.request("GET", f"/?{query}&y={number}")
                asking.getresponse().read()
        yield


def _made_up(number: int) -> str:
    return Cursor(number, f"aut_{number}").encode(CatalogueQuery().scope)


def _drip(senders: list[socket.socket], readers: list[socket.socket], ended: Event) -> None:
    while not ended.wait(0.2):
        for connection in senders:
            _attempt(partial(connection.send, b"x"))
        for connection in readers:
            _attempt(partial(connection.recv, 64))


def _attempt(act: Callable[[], object]) -> None:
    try:
        act()
    except OSError:
        return


ATTACKS: Mapping[str, Attack] = {
    attack.__name__: attack
    for attack in (
        half_bodies,
        half_heads,
        idle,
        large_bodies,
        endless_chunk_lines,
        slow_readers,
        pipelined_readers,
        slow_page_readers,
        dripping,
        different_searches,
    )
}


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
    koda = Koda(folder / "data")
    process = koda.begin(
        *("serve", "--port", "0", "--samples"), KODA_POLICY_ARTIFACT_BYTES=str(LARGEST)
    )
    try:
        serving = Serving(process)
        target = Target(serving.url, _largest(koda.data, serving.url))
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


@contextmanager
def under(attack: Attack, target: Target) -> Iterator[None]:
    """The block runs while the attack goes on."""
    yield from attack(target)


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
