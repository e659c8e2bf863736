from collections.abc import Iterator

import pytest

from tests.e2e.trips.stage import Stage
from tests.servers.mongo import MongoServer
from tests.servers.s3 import S3Server
from tests.servers.traffic import UNLIMITED, family


@pytest.fixture(scope="module")
def stage(mongo_server: MongoServer, redis_url: str, s3_server: S3Server) -> Iterator[Stage]:
    """A marketplace in which every script, connection and converter has been used before."""
    with family(mongo_server, redis_url, s3_server, limits=UNLIMITED) as running:
        yield Stage(running)
