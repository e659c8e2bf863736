"""The program `koda` in a process of its own."""

import json
import os
import select
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from attrs import field, frozen

from koda.entrypoints.environment.loading import without_settings
from paysandbox.control import SandboxControl
from tests.e2e.cli.warm import Warm
from tests.e2e.flows.serving import Site

COMMAND = (sys.executable, "-m", "koda.entrypoints.cli.main")
PATIENCE = 60.0
"""Seconds within which anything must have happened."""


@frozen
class Ended:
    """How a run of `koda` ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        return line


@frozen
class Koda:
    """Runs `koda` with a data directory of its own and no settings but those given.

    What was begun and says much needs a `log`: it waits where nobody reads what it says. With
    `warm`, runs to the end need not import everything anew.
    """

    data: Path
    log: IO[str] | None = None
    warm: Warm | None = None

    def environ(self, **settings: str) -> Mapping[str, str]:
        """The environment of a run."""
        return {**without_settings(os.environ), "KODA_DATA": str(self.data), **settings}

    def __call__(self, *arguments: str, **settings: str) -> Ended:
        """Run to the end."""
        if self.warm is not None:
            return Ended(*self.warm.run(arguments, self.environ(**settings), PATIENCE))
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environ(**settings),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def begin(self, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
        """Start a run that heeds Ctrl-C, even where the tests themselves run in the background."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            preexec_fn=_heed_interrupts,  # noqa: PLW1509 - it only sets a signal
            env=self.environ(**settings),
            stdout=subprocess.PIPE,
            stderr=self.log or subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def lines_of(stream: IO[str] | None) -> Iterator[str]:
    """Yield the lines of a stream as they come, each within a bounded time."""
    assert stream is not None
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        assert selector.select(PATIENCE), "nothing is said"
        yield from iter(stream.readline, "")


@frozen
class Serving:
    """A running `koda serve`, and what it said at its start."""

    process: "subprocess.Popen[str]"
    said: tuple[str, ...] = field(init=False)

    @said.default
    def _read_welcome(self) -> tuple[str, ...]:
        said: list[str] = []
        for line in lines_of(self.process.stdout):
            said.append(line.rstrip("\n"))
            if line.startswith("Stop with"):
                return tuple(said)
        raise AssertionError(self.process.communicate(timeout=PATIENCE))

    @property
    def url(self) -> str:
        """The site's address."""
        return next(line.split()[-1] for line in self.said if line.startswith("Koda serves"))

    @property
    def site(self) -> Site:
        """The site and its sandbox, for those who use it."""
        line = next(told for told in self.said if "are a sandbox at" in told)
        return Site(self.url, SandboxControl(line.split(" at ")[1].split(": ")[0]))

    def processes(self) -> dict[int, int]:
        """Handles of the serving process and of all that came from it, by process id."""
        return {process: os.pidfd_open(process) for process in descent(self.process.pid)}

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def descent(pid: int) -> list[int]:
    """The ids of a process, its children, their children and so on."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [pid, *(process for child in listed.split() for process in descent(int(child)))]


def await_ends(handles: Mapping[int, int]) -> list[int]:
    """Wait until processes have ended; return the ids of those that did not in time."""
    left = []
    for pid, handle in handles.items():
        ended, _, _ = select.select([handle], [], [], PATIENCE)
        if not ended:
            left.append(pid)
        os.close(handle)
    return left
