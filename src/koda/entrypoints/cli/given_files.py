"""Workflow files that a command is given, or standard input."""

from pathlib import Path
from typing import IO

from attrs import field, frozen

STDIN = "-"


@frozen
class GivenFile:
    """A file, as it was called and by the name that says what it is."""

    called: str
    name: str
    content: bytes = field(repr=False)


def given(file: IO[bytes]) -> GivenFile:
    """Read a file; what comes without a name is a script unless it begins as JSON does."""
    content = file.read()
    if file.name not in {STDIN, "<stdin>"}:
        return GivenFile(f"{file.name}", Path(file.name).name, content)
    is_json = content.lstrip()[:1] in {b"{", b"["}
    return GivenFile(STDIN, "stdin.json" if is_json else "stdin.py", content)
