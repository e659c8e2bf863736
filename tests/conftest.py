"""What holds for every ring: sockets stay on loopback, and Hypothesis is the same for all."""

import os
import shutil
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.programs import lack

pytest_plugins = (
    "tests.servers.mongo",
    "tests.servers.s3",
    "tests.servers.smtp",
    "tests.servers.valkey",
    "tests.servers.families",
)

LOOPBACK = ("127.", "::1", "localhost")
NAMED = frozenset(
    host
    for name, value in os.environ.items()
    if name.startswith("KODA_TEST_")
    and (host := urlsplit(value).hostname)
    and not host.startswith(LOOPBACK)
)
"""The hosts of real services that a run is told to use."""


class OutsideSocketError(RuntimeError):
    """A test tried to leave the machine."""


def refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse, as an audit hook of the interpreter, every connection that is not to loopback.

    Where real services are named, their addresses are not known: then names alone are looked at.
    """
    if event == "socket.connect" and not NAMED:
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = (arguments[0],)
    else:
        return
    if isinstance(address, tuple) and not is_loopback(address[0]):
        message = f"tests speak to loopback only, not to {address!r}"
        raise OutsideSocketError(message)


def is_loopback(host: object) -> bool:
    """Tell whether a host, as `socket` takes it, is this machine (`None` and "" are)."""
    name = host.decode() if isinstance(host, bytes) else host
    return not name or str(name).startswith(LOOPBACK) or name in NAMED


sys.addaudithook(refuse_outside)

settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium; without one the test is skipped, and fails in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    return path or lack("no Chromium on the path: install Debian's package `chromium`")
