"""Run the benchmarks: all of them, or those named on the command line."""

import sys
from importlib import import_module

from rich.console import Console

PARTS = ("imports", "usecases", "web", "search", "production", "caches", "attacks")


def main(names: list[str]) -> int:
    """Print the table of each named part; returns 2 if a name is none of them."""
    console = Console(width=110)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        console.print(f"{unknown[0]} is none of {', '.join(PARTS)}")
        return 2
    for name in names or PARTS:
        console.print(import_module(f"benchmarks.{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
