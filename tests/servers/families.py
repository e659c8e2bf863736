"""The two families of adapters that a whole marketplace can stand on, each on its live servers."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Protocol

import pytest
from attrs import field, frozen

from koda.entrypoints.cli.init import prepare
from koda.entrypoints.environment.loading import load_settings
from tests.servers.mongo import MongoServer
from tests.servers.s3 import S3Server


@frozen
class Ground:
    """Where one empty marketplace stands.

    `variables` are its settings, `files_url` is where its files are sent to and fetched from.
    """

    variables: Mapping[str, str] = field(repr=False)
    files_url: str


class Family(Protocol):
    """Adapters that are chosen together."""

    @abstractmethod
    def ground(self, folder: Path, site_url: str) -> AbstractContextManager[Ground]:
        """Ground for a marketplace at `site_url`, prepared by `koda init`; removed in the end."""


@frozen
class Embedded(Family):
    """Everything in one folder."""

    @contextmanager
    def ground(self, folder: Path, site_url: str) -> Iterator[Ground]:
        """Stand in `folder`."""
        yield _prepared({"KODA_DATA": str(folder), "KODA_SITE_URL": site_url}, f"{site_url}/files/")


@frozen
class Production(Family):
    """MongoDB, Redis and S3."""

    mongo: MongoServer
    redis_url: str = field(repr=False)
    s3: S3Server

    @contextmanager
    def ground(self, folder: Path, site_url: str) -> Iterator[Ground]:
        """Stand on a database, a bucket and keys of its own; `folder` holds the secret alone."""
        with self.s3.new_bucket() as bucket:
            yield _prepared(
                {
                    "KODA_DATA": str(folder),
                    "KODA_SITE_URL": site_url,
                    **self.mongo.variables(self.mongo.new_database()),
                    **self.s3.variables(bucket),
                    "KODA_CACHE": "redis",
                    "KODA_REDIS_URL": self.redis_url,
                    "KODA_REDIS_PREFIX": f"koda-test-{token_hex(8)}",
                },
                f"{bucket.url}/",
            )


def _prepared(variables: Mapping[str, str], files_url: str) -> Ground:
    for step in prepare(load_settings(variables)):
        assert not step.refusal, step.line
    return Ground(variables, files_url)


@pytest.fixture(scope="session")
def production(mongo_server: MongoServer, redis_url: str, s3_server: S3Server) -> Production:
    """The production family, on the servers of this run."""
    return Production(mongo_server, redis_url, s3_server)


@pytest.fixture(scope="module", params=["embedded", "production"])
def family(request: pytest.FixtureRequest) -> Family:
    """Each family in turn; the servers of one that is not asked for are not started."""
    if request.param == "embedded":
        return Embedded()
    production: Production = request.getfixturevalue("production")
    return production
