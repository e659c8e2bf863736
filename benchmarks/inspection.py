"""What it costs to look into an uploaded file: `python -m benchmarks.inspection [FILE…]`.

CPU time of the files that are named, or of generated ones of the sizes that published n8n templates
have; then how time and memory grow with the size, for workflows and for scripts.
"""

import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.made_workflows import content_of, sizes, workflow
from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.inspection.artifacts import inspected
from koda.domain.inspection.fingerprints import fingerprint
from koda.domain.inspection.preparing import prepared
from koda.domain.inspection.recognition import read_workflow
from koda.domain.inspection.redaction import redacted
from koda.domain.model.errors import InvalidValue

FILES = 400
MEGABYTES = (0.5, 1, 2.5, 5)
_MIB = 2**20
File = tuple[str, bytes]
"""A name and what is in it."""


def _fingerprinted(name: str, content: bytes) -> object:
    return fingerprint(read_workflow(content)) if name.endswith(".json") else None


def _prepared(name: str, content: bytes) -> object:
    return prepared(name, content, MemorySecretScanner().scan)


PARTS: Mapping[str, Callable[[str, bytes], object]] = {
    "inspected": inspected,
    "fingerprint": _fingerprinted,
    "redacted": redacted,
    "prepared": _prepared,
}


def milliseconds(part: Callable[[str, bytes], object], file: File) -> float:
    """CPU milliseconds that a part takes of a file; one that is refused costs what it costs."""
    begin = time.process_time_ns()
    with suppress(InvalidValue):
        part(*file)
    return (time.process_time_ns() - begin) / 1e6


def peak(part: Callable[[str, bytes], object], file: File) -> int:
    """Bytes that a part takes beside the file, at most."""
    tracemalloc.start()
    try:
        part(*file)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def usual(files: Iterable[File]) -> Table:
    """The median and the 99th percentile of each part."""
    listed = [*files]
    size = statistics.median(len(content) for _, content in listed)
    title = f"CPU milliseconds, {len(listed)} files, median {size / 1000:.0f} KB"
    table = _table(title, "part", "median", "99th percentile")
    for name, part in PARTS.items():
        spent = sorted(min(milliseconds(part, file) for _ in range(3)) for file in listed)
        late = spent[min(len(spent) - 1, int(len(spent) * 0.99))]
        table.add_row(name, f"{statistics.median(spent):.2f}", f"{late:.2f}")
    return table


def large() -> Table:
    """How time and memory grow with a workflow."""
    chance = random.Random(17)  # noqa: S311 - made-up workflows
    table = _table("Large workflows", "part", "MB", "ms", "ms/MB", "peak / file")
    for megabytes in MEGABYTES:
        file = ("x.json", content_of(workflow(chance, int(megabytes * 1e6))))
        size = len(file[1])
        for name in ("inspected", "fingerprint", "redacted"):
            spent = milliseconds(PARTS[name], file)
            used = f"{peak(PARTS[name], file) / size:.1f}"
            per = f"{spent / size * 1e6:.0f}"
            table.add_row(name, f"{size / 1e6:.1f}", f"{spent:.0f}", per, used)
    return table


def _scripts(size: int) -> Mapping[str, bytes]:
    lines = {
        "short lines": b"x = 1\n",
        "imports": b"import koda, attrs\n",
        "names of secrets": b"token='my_key_1';\n",
        "beginnings of secrets": b'token = token: "bearer sk-eyJ://:pat\n',
        "addresses": b"# anna@shop-berg.de, http://10.0.3.17/x\n",
        "one line": b"a@b.",
        "names within names": b"password=",
    }
    return {title: line * (size // len(line)) for title, line in lines.items()}


def scripts() -> Table:
    """Time and memory of scripts that were made to be slow."""
    table = _table("Scripts", "part", "lines", "KiB", "ms", "peak MiB")
    for size in (_MIB // 4, _MIB):
        for title, content in _scripts(size).items():
            for name in ("inspected", "redacted"):
                file = ("x.py", content)
                spent = milliseconds(PARTS[name], file)
                used = f"{peak(PARTS[name], file) / _MIB:.0f}"
                table.add_row(name, title, f"{size // 1024}", f"{spent:.0f}", used)
    return table


def main() -> None:
    """Print the tables."""
    chance = random.Random(17)  # noqa: S311 - made-up workflows
    files = [(Path(name).name, Path(name).read_bytes()) for name in sys.argv[1:]]
    made = (("x.json", content_of(workflow(chance, size))) for size in sizes(chance, FILES))
    Console().print(usual(files or made), large(), scripts())


if __name__ == "__main__":
    main()
