"""CPU time of starting: the domain with all ports, the marketplace in memory, `koda --help`."""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.table import Table

import koda

STARTS = 9
PACKAGE = Path(koda.__file__).parent


def core() -> Iterator[str]:
    """The modules of the use cases and the ports, which import the rest of the domain."""
    for part in ("domain/usecases", "ports"):
        for path in sorted(PACKAGE.joinpath(part).rglob("*.py")):
            names = path.relative_to(PACKAGE.parent).with_suffix("").parts
            yield ".".join(names).removesuffix(".__init__")


def _cpu_milliseconds(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, env=environ, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return spent * 1000


def measured(starts: Mapping[str, Sequence[str]]) -> Mapping[str, float]:
    """The median of several starts of each, in turn; the first compiles the modules."""
    spent: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(STARTS + 1):
        for name, arguments in starts.items():
            spent[name].append(_cpu_milliseconds([sys.executable, *arguments]))
    return {name: statistics.median(seconds[1:]) for name, seconds in spent.items()}


def run() -> Table:
    """Measure, in fresh interpreters with compiled modules, and return the table."""
    starts = {
        "Python alone": ["-c", "pass"],
        "attrs": ["-c", "import attrs"],
        "domain and all ports": ["-c", f"import {', '.join(core())}"],
        "koda.testing.marketplace": ["-c", "import koda.testing.marketplace"],
        "koda --help": ["-m", "koda.entrypoints.cli.main", "--help"],
    }
    spent = measured(starts)
    table = Table(title="Starting: CPU milliseconds in a fresh interpreter")
    for heading in ("what", "in all", "of attrs' own", "beside Python"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for name, whole in spent.items():
        beside = whole - spent["Python alone"]
        table.add_row(name, f"{whole:.0f}", f"{whole / spent['attrs']:.2f}", f"{beside:.0f}")
    return table
