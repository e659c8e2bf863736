"""The marketplace as `koda serve` runs it, for tests that use it from outside."""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from attrs import frozen

from koda.sandbox.control import SandboxControl

STARTS_WITHIN = 60.0
ENDS_WITHIN = 30.0


@frozen
class Site:
    """A running marketplace: its address, and the sandbox beside it."""

    url: str
    sandbox: SandboxControl


@contextmanager
def served(folder: Path, *options: str, **variables: str) -> Iterator[Site]:
    """Serve an embedded marketplace that keeps everything in `folder`, on a free port."""
    data = folder / "data"
    limits = {f"KODA_LIMITS_{name}": "100000/minute" for name in LIMITED}
    environ = {**os.environ, "KODA_DATA": str(data), **limits, **variables}
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "koda.entrypoints.cli.main", "serve", "--port", "0", *options],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield _site(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(ENDS_WITHIN)
        if process.stdout:
            process.stdout.close()


LIMITED = ("CHECKOUT", "DOWNLOAD", "UPLOAD", "ONBOARDING", "SIGN_IN")


def _site(process: "subprocess.Popen[str]") -> Site:
    assert process.stdout is not None
    lines = _lines_until(process.stdout, "Stop with")
    url = next(line.split()[-1] for line in lines if line.startswith("Koda serves"))
    sandbox = next(line for line in lines if "are a sandbox at" in line)
    address = sandbox.split(" at ")[1].split(": ")[0]
    return Site(url, SandboxControl(address))


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
