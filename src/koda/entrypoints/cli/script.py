"""The console script `koda`: the program, or what to install where its libraries are missing."""

import sys

from koda.entrypoints.backends.libraries import missed


def main() -> None:
    """Be the program `koda`, or say in one line which extra brings what it lacks."""
    try:
        from koda.entrypoints.cli.main import main as program
    except ModuleNotFoundError as error:
        missing = missed(error)
        if missing is None:
            raise
        sys.exit(f"koda: {missing.message}")
    program()
