import os
import socket
from pathlib import Path

import pytest

from koda.domain.model.errors import InvalidValue
from koda.entrypoints.embedded.addresses import address_of, free_port
from koda.entrypoints.embedded.data_lock import owned
from koda.entrypoints.embedded.occupied import Occupied


def test_data_directory_has_one_owner(tmp_path: Path) -> None:
    """A second one is told who the first is, and may have it once that has let go."""
    data = tmp_path / "data"

    with owned(data), pytest.raises(Occupied, match=f"stop process {os.getpid()}"), owned(data):
        pass

    with owned(data):
        assert (data / "lock").exists()


def test_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds names and addresses."""
    with owned(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_data_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    """A file in its place is no directory."""
    (tmp_path / "file").touch()

    with pytest.raises(InvalidValue, match="KODA_DATA: cannot be used"), owned(tmp_path / "file"):
        pass


def test_free_address_is_numeric() -> None:
    """The server takes no names."""
    assert address_of("localhost", 0) in {"127.0.0.1", "::1"}


def test_taken_port_is_told() -> None:
    """With what to do about it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Occupied, match=f"Port {port} of 127.0.0.1 is in use already"):
            address_of("127.0.0.1", port)


def test_wanted_port_is_taken_if_it_is_free() -> None:
    """The first free one of those that are wanted, or else any."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        free = free_port(taken)

        assert free != taken
        assert free_port(taken, free) == free
