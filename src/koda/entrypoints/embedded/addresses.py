"""Addresses and ports of this machine on which a server can listen."""

import socket

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.embedded.occupied import Occupied


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
        raise InvalidValue(
            "--host", verbatim(f"must be an address of this machine: {error}")
        ) from error
    except OSError as error:
        raise _refused(host, port, error) from error
    return str(address[0])


def _refused(host: str, port: int, error: OSError) -> Occupied | InvalidValue:
    if isinstance(error, PermissionError):
        return InvalidValue("--port", verbatim(f"{port} is for the system; choose one above 1023"))
    if "assign" in str(error):
        return InvalidValue("--host", verbatim(f"must be an address of this machine: {error}"))
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
