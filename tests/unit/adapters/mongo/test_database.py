from typing import Any

import pytest

from koda.adapters.mongo.database import TIMEOUT_MS, Database, connect, open_database
from koda.adapters.mongo.schema import KEPT
from koda.domain.model.errors import InvalidValue
from tests.support.threads import at_once


def test_what_is_written_is_on_the_disks_of_a_majority() -> None:
    """And no word in the address takes that away."""
    uri = "mongodb://127.0.0.1:1/?w=1&journal=false&readConcernLevel=local&retryWrites=false"
    with connect(uri) as client:
        assert client.write_concern.document == {"w": "majority", "j": True, "wtimeout": 2000}
        assert client.read_concern.level == "majority"
        assert client.options.retry_writes
        assert client.options.retry_reads
        assert client.options.timeout == TIMEOUT_MS / 1000
        assert client.options.server_selection_timeout == TIMEOUT_MS / 1000


@pytest.mark.parametrize("uri", ["", "http://host/", "mongodb://"])
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    """Without repeating it, since a password may stand in it."""
    with pytest.raises(InvalidValue, match="is no MongoDB address") as caught:
        open_database(uri, "koda")
    assert "host/" not in str(caught.value)


def test_threads_share_one_client() -> None:
    """However many ask for it first."""
    made: list[int] = []

    def connect_once() -> Any:
        made.append(1)
        return connect("mongodb://127.0.0.1:1")

    database = Database(connect_once, "koda")
    clients = at_once(20, lambda _: database.client)

    assert len(made) == 1
    assert all(client is database.client for client in clients)
    database.close()


def test_every_collection_is_kept() -> None:
    """Each kind of entity has one of its own."""
    assert len({collection.collection for collection in KEPT}) == len(KEPT) == 17
