"""The lock of a data directory, which one process owns at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koda.entrypoints.embedded.occupied import Occupied
from koda.entrypoints.settings.data_directory import make_data, using_data

LOCK = "lock"
"""The file in the data directory that its owner holds, with its process id for people to read."""

ANOTHER = "set KODA_DATA to another directory"


@contextmanager
def owned(data: Path, instead: str = ANOTHER) -> Iterator[None]:
    """Hold a data directory, made if it is missing, against every other owner.

    It is let go when this process has ended, however it does. `instead` is what whoever comes too
    late may do but wait.

    Raises:
        Occupied: another process holds it.
        InvalidValue: it cannot be written.
    """
    with using_data():
        make_data(data)
        lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(lock, data, instead)
        yield
    finally:
        os.close(lock)


def _hold(lock: int, data: Path, instead: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(lock, 32).decode(errors="replace").strip()
        advice = f"stop process {owner}, or {instead}"
        raise Occupied(f"The data directory {data}", advice) from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
