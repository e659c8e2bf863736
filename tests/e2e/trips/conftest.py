from collections.abc import Iterator

import pytest

from tests.e2e.trips.stage import Stage
from tests.servers.families import Production
from tests.servers.traffic import Watched, watched


@pytest.fixture(scope="module")
def running(production: Production, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A marketplace on the production family, each server watched."""
    with watched(production, tmp_path_factory.mktemp("secret")) as running:
        yield running


@pytest.fixture(scope="module")
def stage(running: Watched) -> Stage:
    """Sellers and listings; every script, connection and converter has been used before."""
    return Stage(running)
