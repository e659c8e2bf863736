"""What becomes of a question whose connection fails in the middle of the work."""

from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from koda.adapters.mongo.database import TIMEOUT_MS, Database, open_database
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.sellers import MongoSellers
from koda.domain.model.errors import Unavailable
from koda.testing.examples import a_purchase, a_seller
from tests.live.mongo.calls import BOUND, CALLS
from tests.servers.mongo import MongoServer
from tests.servers.proxy import (
    Fault,
    Proxy,
    black_hole,
    broken_off,
    garbage,
    late,
    misspelt,
    passing,
    reset,
)

FAULTS: dict[str, Fault] = {
    "black hole": black_hole,
    "reset": reset,
    "broken off": broken_off(10),
    "late": late(2 * TIMEOUT_MS / 1000),
    "garbage": garbage(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
}
ASKED = ("catalogue_index.read", "purchases.record", "people.put")


@pytest.fixture
def proxy(mongo_server: MongoServer) -> Iterator[Proxy]:
    """A network that can be broken, with a live MongoDB behind it."""
    with closing(Proxy(mongo_server.uri)) as proxy:
        yield proxy


@pytest.fixture
def database(live: Database, proxy: Proxy) -> Iterator[Database]:
    """A database with one seller in it, through a connection that is open already.

    It is asked for directly, since a server tells clients its own address.
    """
    database = open_database(f"{proxy.url}/?directConnection=true", live.name)
    MongoSellers(database).add(a_seller())
    yield database
    database.close()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", ASKED)
def test_broken_connection_is_unavailable_within_bounds_and_passes(
    proxy: Proxy, database: Database, call: str, fault: str
) -> None:
    """Nothing is made up from an answer that does not come, or makes no sense."""
    proxy.fault = FAULTS[fault]
    began = monotonic()

    with pytest.raises(Unavailable) as caught:
        CALLS[call](database)
    assert monotonic() - began < BOUND
    assert caught.value.__cause__ is not None
    proxy.become(passing)
    assert MongoSellers(database).find(a_seller().user_id) == a_seller()


def test_what_was_written_though_nobody_said_so_is_found_by_a_repeat(
    proxy: Proxy, database: Database
) -> None:
    """The purchase was kept and the answer lost: recording it again tells what is kept."""
    purchases = MongoPurchases(database)
    proxy.fault = broken_off(0)
    with pytest.raises(Unavailable):
        purchases.record([a_purchase()])
    proxy.become(passing)
    stored = purchases.get(a_purchase().id)

    assert purchases.record([a_purchase()]) == (stored,) == (a_purchase(),)


def test_answer_that_is_no_text_is_not_taken_for_nothing(proxy: Proxy, database: Database) -> None:
    """A seller who is there, but cannot be read, is not one who is not."""
    proxy.fault = misspelt(b"acct_", b"\xff\xfe\xff\xfe\xff")

    with pytest.raises(Unavailable):
        MongoSellers(database).find(a_seller().user_id)
