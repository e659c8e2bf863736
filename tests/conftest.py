"""What holds for every ring: sockets stay on loopback, and Hypothesis is the same for all."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.servers.programs import lack

pytest_plugins = (
    "tests.servers.mongo",
    "tests.servers.s3",
    "tests.servers.smtp",
    "tests.servers.valkey",
    "tests.servers.families",
)

LOOPBACK = "127.0.0.0/8,::1,localhost"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse every connection that leaves this machine, as pytest-socket does it.

    Where real services are named, their addresses are not known, and nothing is refused.
    """
    config.option.allow_unix_socket = True
    if not any(name.startswith("KODA_TEST_") for name in os.environ):
        config.option.allow_hosts = LOOPBACK


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector leave alone what is imported and collected, for all of it stays.

    It would look at that again and again, for a fifth of the time of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests of the same id: pytest-xdist runs one of them, and tells nobody."""
    twice = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"several tests have the same id: {', '.join(twice)}")


settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=35,
    # Making a failure small takes minutes, also of one that a test waits for; its blob brings it
    # back in the default profile, which does.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target],
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
