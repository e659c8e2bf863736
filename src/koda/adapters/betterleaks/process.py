"""A process that scans texts, which is ended where it takes too long."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import BinaryIO, cast

from koda.adapters.betterleaks import worker

# The folder in which a site is started is no place to import from.
COMMAND = (sys.executable, "-P", "-m", worker.__name__)
_STARTS_WITHIN = 10.0
_ENDS_WITHIN = 1.0
"""Seconds."""


class ScanProcess:
    """Another interpreter, which ends with this one, or when it is told to.

    It is started anew rather than forked, since the threads of this process hold locks, and gets
    none of Koda's variables, which hold keys.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._process = Popen(  # noqa: S603 - this interpreter and a module of ours
            command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_without_keys(os.environ),
        )
        self._input = cast("BinaryIO", self._process.stdin)
        self._output = cast("BinaryIO", self._process.stdout)
        self.ready: bool = self._answer(_STARTS_WITHIN) is not None
        """Whether it came up."""

    def ask(self, text: bytes, seconds: float) -> bytes | None:
        """Return the answer to a text, or None if there is none in time; it has ended then."""
        return self._answer(seconds, text)

    def _answer(self, seconds: float, text: bytes | None = None) -> bytes | None:
        late = Timer(seconds, self._process.kill)
        late.daemon = True
        late.start()
        answer = None
        with suppress(OSError):  # it ended while it was written to
            if text is not None:
                worker.write(self._input, text)
            answer = worker.read(self._output)
        late.cancel()
        if answer is None:
            self.end()
        return answer

    def end(self) -> None:
        """End the process and wait until it is gone."""
        with suppress(OSError):  # what was not yet written has nobody to read it
            self._input.close()
        late = Timer(_ENDS_WITHIN, self._process.kill)
        late.daemon = True
        late.start()
        self._process.wait()
        late.cancel()
        self._output.close()


def _without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("KODA_")}
