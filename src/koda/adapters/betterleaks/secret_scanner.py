"""Secrets that Betterleaks knows by its rules for some hundred providers."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from threading import Lock

from attrs import define, field

from koda.adapters.betterleaks.process import COMMAND, ScanProcess
from koda.adapters.betterleaks.sheet import Sheet, sheet_of
from koda.domain.model.scans import NamedText, NotScanned, Scan, Suspicion
from koda.domain.model.sentences import sentence
from koda.ports.secret_scanner import SecretScanner

SECONDS = 2.0
"""How long a file may take. Nothing can interrupt the library but the end of its process."""
_GENERIC = re.compile(r"generic-|curl-auth-")
"""Rules that go by names alone, as Koda does itself with fewer mistakes."""
_NO_ANSWER = sentence("the scanner did not answer in time, or did not start")
_UNREADABLE = sentence("the scanner answered what cannot be read")


@define
class _Held:
    """The process that scans for one process of Koda's, and whose turn it is."""

    lock: Lock = field(factory=Lock)
    process: ScanProcess | None = None


class BetterleaksSecretScanner(SecretScanner):
    """Asks a process that runs Betterleaks, one text after another.

    It is started when it is needed first, kept, and started anew after it was ended. A process that
    was forked starts one of its own.
    """

    def __init__(self, seconds: float = SECONDS, command: Sequence[str] = COMMAND) -> None:
        self._seconds = seconds
        self._command = command
        self._held: dict[int, _Held] = {}

    def scan(self, texts: Sequence[NamedText]) -> Scan | NotScanned:
        sheet = sheet_of(texts)
        answer = self._answer(sheet.content.encode("ascii"))
        if answer is None:
            return NotScanned(_NO_ANSWER)
        try:
            return Scan(tuple(sorted(_suspicions(sheet, answer), key=_by_place)), sheet.whole)
        except (IndexError, TypeError, ValueError):
            return NotScanned(_UNREADABLE)

    def close(self) -> None:
        """End the process of this one, if it has any."""
        held = self._held.setdefault(os.getpid(), _Held())
        with held.lock:
            if held.process is not None:
                held.process.end()
            held.process = None

    def _answer(self, text: bytes) -> bytes | None:
        held = self._held.setdefault(os.getpid(), _Held())
        with held.lock:
            try:
                return self._asked(held, text)
            except (OSError, RuntimeError):  # this machine starts no process more, or no thread
                return None

    def _asked(self, held: _Held, text: bytes) -> bytes | None:
        process = held.process or ScanProcess(self._command)
        held.process = None
        answer = process.ask(text, self._seconds) if process.ready else None
        held.process = None if answer is None else process
        return answer


def _by_place(suspicion: Suspicion) -> tuple[int, int]:
    return suspicion.index, suspicion.start


def _suspicions(sheet: Sheet, answer: bytes) -> Iterator[Suspicion]:
    """What is told of each place once; lines have ends in common."""
    told = set[tuple[int, int, int]]()
    for rule, secret, *(line, column, last_line, last_column) in json.loads(answer):
        if _GENERIC.match(rule):
            continue
        place = sheet.place(secret, (line, column), (last_line, last_column))
        if place is not None and place[:3] not in told:
            told.add(place[:3])
            kind = sentence("looks like {rule} to Betterleaks", rule=rule)
            yield Suspicion(place.number, place.start, place.end, kind, place.by_name)
