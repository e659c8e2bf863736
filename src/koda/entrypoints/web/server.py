"""The web server: worker processes on one port, and the parent that replaces them.

The processes are started anew rather than forked, so that this one may have threads.
"""

import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from attrs import define, evolve, field

from koda.domain.model.errors import KodaError
from koda.entrypoints.environment.loading import without_settings, write_settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.processes import FINISH_WITHIN, family_of

_KILL_AFTER = FINISH_WITHIN + 2.0
"""Seconds after which a process that was told to stop is killed."""
_PATIENCE = 0.05
"""Seconds between two looks whether the server answers, and whether all processes are there."""
_RESTED = 1.0
"""Seconds that lie at least between two starts of the same process."""
_GIVEN_BACK = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
"""Makes the GNU C library give memory back after something large, such as a file that was looked
into: else each thread keeps its own (mallopt(3)). Whoever sets these variables decides."""

_logger: logging.Logger = logging.getLogger("koda.serve")


@define(slots=False)
class WorkerEnded(KodaError):
    """A process that should serve ended before the site ever answered."""

    code = "worker_ended"
    template = "A process of the site ended before it answered; what it said above tells why."


@define
class _Worker:
    """One place among the processes that serve, filled again when its process has ended."""

    address: str
    port: int
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes]" = field(init=False)
    started_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start a process."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "koda.entrypoints.web.worker", self.address, str(self.port)],
            env=dict(self.environment),
            stdin=subprocess.PIPE,
        )

    def keep(self) -> None:
        """Start another process if this one's has ended."""
        if self.ended and time.monotonic() > self.started_at + _RESTED:
            _logger.warning("Worker ended", extra={"status": self.process.returncode})
            self.stop(0.0)
            self.start()

    @property
    def ended(self) -> bool:
        """Whether the process has."""
        return self.process.poll() is not None

    def stop(self, seconds: float) -> None:
        """Wait so many seconds for the end of the process, and then end it."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def serve(
    settings: Settings, address: str, port: int, workers: int, ready: Callable[[], None]
) -> None:
    """Serve until told to stop by SIGTERM or SIGINT; then finish what is being answered.

    `ready` is called once the first of the processes answers.

    Raises:
        WorkerEnded: one of them ended before that.
    """
    shared = evolve(settings, processes=workers)
    environment = _GIVEN_BACK | without_settings(os.environ) | write_settings(shared)
    _logger.info("Site starts", extra={"site_url": settings.site_url, "workers": workers})
    with _told_to_stop() as stopped, _reserved(address, port):
        crew = [_Worker(address, port, environment) for _ in range(workers)]
        try:
            _await_answer(address, port, crew, stopped, ready)
            while not stopped.wait(_PATIENCE):
                for worker in crew:
                    worker.keep()
        finally:
            _stop(crew)
            _logger.info("Site stopped", extra={"site_url": settings.site_url})


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that is set by SIGTERM and SIGINT."""
    stopped = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stopped.set()) for number in numbers]
    try:
        yield stopped
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _reserved(address: str, port: int) -> socket.socket:
    """Hold the port, while no process is there to listen on it, too."""
    reserved = socket.socket(family_of(address))
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind((address, port))
    return reserved


def _await_answer(
    address: str,
    port: int,
    crew: list[_Worker],
    stopped: threading.Event,
    ready: Callable[[], None],
) -> None:
    while not stopped.wait(_PATIENCE):
        if any(worker.ended for worker in crew):
            raise WorkerEnded
        if _answers(address, port):
            ready()
            return


def _answers(address: str, port: int) -> bool:
    asking = http.client.HTTPConnection(address, port, timeout=1)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        asking.close()


def _stop(crew: list[_Worker]) -> None:
    for worker in crew:
        worker.process.terminate()
    ends_at = time.monotonic() + _KILL_AFTER
    for worker in crew:
        worker.stop(max(0.0, ends_at - time.monotonic()))
