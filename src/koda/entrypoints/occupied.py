"""What only one process may have at a time: a data directory, a port."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define

from koda.domain.model.errors import Conflict, InvalidValue
from koda.entrypoints.data_directory import make_data, using_data

LOCK = "lock"
"""The file in the data directory that its owner holds, with its process id for people to read."""


@define(slots=False)
class Occupied(Conflict):
    """Somebody else has what is wanted; `advice` says what to do."""

    code = "occupied"
    what: str
    advice: str

    @property
    def message(self) -> str:
        """Say what is taken and what to do."""
        return f"{self.what} is in use already; {self.advice}."


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Hold a data directory, made if it is missing, against every other owner.

    It is let go when this process has ended, however it does.

    Raises:
        Occupied: another process holds it.
        InvalidValue: it cannot be written.
    """
    with using_data():
        make_data(data)
        lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(lock, data)
        yield
    finally:
        os.close(lock)


def _hold(lock: int, data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(lock, 32).decode(errors="replace").strip()
        advice = f"stop process {owner}, or set KODA_DATA to another directory"
        raise Occupied(f"The data directory {data}", advice) from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())


def address_of(host: str, port: int) -> str:
    """Return the numeric address of `host`, on which `port` is free.

    Raises:
        Occupied: something listens there.
        InvalidValue: this machine has no such address, or the port may not be taken.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise InvalidValue("--host", f"must be an address of this machine: {error}") from error
    except OSError as error:
        raise _refused(host, port, error) from error
    return str(address[0])


def _refused(host: str, port: int, error: OSError) -> Occupied | InvalidValue:
    if isinstance(error, PermissionError):
        return InvalidValue("--port", f"{port} is for the system; choose one above 1023")
    if "assign" in str(error):
        return InvalidValue("--host", f"must be an address of this machine: {error}")
    return Occupied(f"Port {port} of {host}", "stop what listens there, or choose another --port")


def free_port(*wanted: int) -> int:
    """Return the first of the `wanted` ports of loopback that is free, or else any free one."""
    for port in wanted:
        try:
            address_of("127.0.0.1", port)
        except (Occupied, InvalidValue):
            continue
        return port
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
