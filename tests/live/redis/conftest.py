from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from koda.adapters.redis.catalogue_cache import RedisCatalogueCache
from koda.adapters.redis.circuit_breaker import CircuitBreaker
from koda.adapters.redis.server import RedisServer, make_server
from koda.testing.contracts.catalogue_cache import ROOM
from tests.servers.proxy import Proxy
from tests.support.watch import Watch

LIFETIME = timedelta(minutes=5)
PATIENT = timedelta(seconds=10)

NewServer = Callable[..., RedisServer]
NewCache = Callable[..., RedisCatalogueCache]


@pytest.fixture
def watch() -> Watch:
    """What the breakers of a test go by."""
    return Watch()


@pytest.fixture
def proxy(redis_url: str) -> Iterator[Proxy]:
    """A network that can be broken, with a live Redis behind it."""
    with closing(Proxy(redis_url)) as proxy:
        yield proxy


@pytest.fixture
def prefix() -> str:
    """What the keys of a test begin with."""
    return f"test-{uuid4()}"


@pytest.fixture
def new_server(redis_url: str, watch: Watch) -> Iterator[NewServer]:
    """Makes servers of a process each: at the address of the live one, unless told another."""
    servers = []

    def make(url: str = redis_url, timeout: timedelta = PATIENT) -> RedisServer:
        breaker = CircuitBreaker(failures=3, pause=timedelta(seconds=5), monotonic=watch)
        servers.append(make_server(url, timeout=timeout, breaker=breaker))
        return servers[-1]

    yield make
    for server in servers:
        server.client.close()


@pytest.fixture
def new_cache(new_server: NewServer, prefix: str) -> NewCache:
    """Makes the cache of a process that shares the marketplace with those made before."""

    def make(server: RedisServer | None = None, **options: Any) -> RedisCatalogueCache:
        told: dict[str, Any] = {"prefix": prefix, "room": ROOM} | options
        return RedisCatalogueCache(server or new_server(), LIFETIME, **told)

    return make
