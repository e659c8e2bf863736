"""A process that waits for a sign, asks the cache once, and counts its loads in Redis."""

import sys
import time
from datetime import timedelta

from koda.adapters.redis.catalogue_cache import RedisCatalogueCache
from koda.adapters.redis.server import make_server
from koda.testing.contracts.catalogue_cache import ROOM
from koda.testing.contracts.catalogue_loads import an_answer


def main(url: str, prefix: str) -> None:
    """Say that it is ready, wait for a line, ask, and print whether the answer was right."""
    server = make_server(url, timeout=timedelta(seconds=10))

    def load() -> bytes:
        server.client.incr(f"{prefix}:loads")
        time.sleep(0.2)
        return an_answer(1)

    cache = RedisCatalogueCache(
        server,
        timedelta(minutes=5),
        room=ROOM,
        prefix=prefix,
        patience=timedelta(seconds=10),
    )
    print("ready", flush=True)
    sys.stdin.readline()
    print(cache.get_or_load("key", load) == an_answer(1), flush=True)


main(*sys.argv[1:])
