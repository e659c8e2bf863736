"""CPU time of starting: the domain with all ports, and `koda --help`."""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

from rich.table import Table

STARTS = 7

DOMAIN = """
import importlib, pkgutil, koda.domain.usecases, koda.ports
for package in (koda.domain.usecases, koda.ports):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def _cpu_milliseconds(command: Sequence[str]) -> float:
    environ = dict(os.environ)
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(command, env=environ, check=True, capture_output=True)
    spent = []
    for _ in range(STARTS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environ, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(spent) * 1000


def run() -> Table:
    """Measure, in fresh interpreters with compiled modules, and return the table."""
    python = sys.executable
    bare = _cpu_milliseconds([python, "-c", "pass"])
    table = Table(title="Starting: CPU milliseconds in a fresh interpreter")
    for heading in ("what", "with the interpreter", "without it"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    starts = {
        "domain and all ports": [python, "-c", DOMAIN],
        "koda --help": [python, "-m", "koda.entrypoints.cli.main", "--help"],
    }
    for name, command in starts.items():
        spent = _cpu_milliseconds(command)
        table.add_row(name, f"{spent:.0f}", f"{spent - bare:.0f}")
    return table
