"""Runs of `koda` that need not import its libraries anew.

`python -m tests.e2e.cli.warm` imports them once, and becomes a process of its own for each run: it
reads a JSON object a line, and answers each with the exit code. `Warm` is the other end of it.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from typing import Any

import coverage
from attrs import field, frozen

from koda import adapters, entrypoints
from koda.entrypoints.cli.main import main as program

ROOT = Path(__file__).parents[3]


@frozen
class Warm:
    """A process that waits to become `koda`; what a run says goes to `folder`."""

    process: "subprocess.Popen[str]"
    folder: Path
    _lock: Lock = field(factory=Lock)

    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], patience: float
    ) -> tuple[int, str, str]:
        """The exit code, output and complaints of a run; fails after `patience` seconds."""
        out, err = self.folder / "out", self.folder / "err"
        asked = {
            "argv": ["koda", *arguments],
            "environ": dict(environ),
            "folder": str(Path.cwd()),
            "out": str(out),
            "err": str(err),
        }
        assert self.process.stdin
        assert self.process.stdout
        with self._lock, DefaultSelector() as selector:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            selector.register(self.process.stdout, EVENT_READ)
            assert selector.select(patience), f"koda {arguments} goes on and on"
            code = int(self.process.stdout.readline())
            return code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


@contextmanager
def warmed(folder: Path) -> Iterator[Warm]:
    """A process for any number of runs, one after the other."""
    command = [sys.executable, "-m", "tests.e2e.cli.warm"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Warm(process, folder)
        assert process.stdin
        process.stdin.close()


def become(asked: dict[str, Any]) -> None:
    """Be a fresh process, as far as `koda` could tell."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, asked["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.chdir(asked["folder"])
    time.tzset()
    tempfile.tempdir = None
    sys.argv = asked["argv"]
    if measuring := coverage.Coverage.current():
        measuring.stop()
        coverage.process_startup(force=True)


def main() -> None:
    """Become `koda` for each line; the child leaves as the program does, by its exit code."""
    for package in (adapters, entrypoints):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    # Or else each child looks at all of it when it leaves, and copies it for that.
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
            program()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
