import os
import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.skipif(
    any(name.startswith("KODA_TEST_") for name in os.environ), reason="real services are named"
)
@pytest.mark.filterwarnings("ignore:A test tried to use")
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_connection_to_the_outside_is_refused(host: str) -> None:
    """A test that would leave the machine fails before anything is sent."""
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection((host, 80), timeout=1)


def test_connection_to_loopback_is_allowed() -> None:
    """Servers that tests start on this machine can be reached by name and by number."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port), timeout=5).close()
