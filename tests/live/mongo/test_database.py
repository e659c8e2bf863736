import os
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import Database, connect, open_database
from koda.adapters.mongo.grants import MongoGrants
from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.schema import prepare
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.mongo.uploads import MongoUploads
from koda.domain.model.errors import InvalidValue, NotFound, Refused, Unavailable
from koda.domain.model.identifiers import AutomationId, EventId, PurchaseId, UploadId, UserId
from koda.domain.model.payments import Unhandled
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import verbatim
from koda.domain.search.entries import Order, Wanted
from koda.domain.search.names import TAGS
from koda.testing.examples import (
    NOON,
    a_seller,
    a_ticket,
    an_automation,
)
from tests.live.mongo.calls import ADA, BOUND, CALLS
from tests.servers.mongo import MongoServer, Program, running, start
from tests.support.threads import at_once


@pytest.fixture(scope="module")
def nowhere() -> Iterator[Database]:
    """A database whose server takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = open_database(f"mongodb://127.0.0.1:{silent.getsockname()[1]}", "koda")
        yield database
        database.close()


@pytest.mark.parametrize("call", CALLS)
def test_silent_server_is_unavailable_within_bounds(nowhere: Database, call: str) -> None:
    """However long the server would take."""
    began = monotonic()

    with pytest.raises(Unavailable) as caught:
        CALLS[call](nowhere)
    assert monotonic() - began < BOUND
    assert caught.value.__cause__ is not None


def test_outage_ends_with_the_server_that_comes_back(tmp_path: Path) -> None:
    """Killed without warning, it is unavailable; started again, it has all that was confirmed."""
    program = start(tmp_path)
    database = open_database(program.uri, "koda")
    list(prepare(database))
    uploads = MongoUploads(database)
    uploads.add(a_ticket())
    program.stop(kindly=False)
    began = monotonic()

    with pytest.raises(Unavailable):
        uploads.get(a_ticket().id)
    assert monotonic() - began < BOUND
    again: Program = start(tmp_path, program.port)
    assert uploads.get(a_ticket().id) == a_ticket()
    database.close()
    again.stop(kindly=False)


def test_a_server_on_a_free_port_is_ended(tmp_path: Path) -> None:
    """Nothing of a test's server is left behind."""
    with running(tmp_path) as program:
        assert program.process.poll() is None

    assert program.process.returncode == -signal.SIGKILL


def test_closing_lets_the_next_use_open_again(mongo_server: MongoServer, live: Database) -> None:
    """As before a fork, after which both processes open connections of their own."""
    database = Database(partial(connect, mongo_server.uri), live.name)
    database.close()
    MongoUploads(database).add(a_ticket())
    before = database.client
    database.close()
    database.close()

    assert MongoUploads(database).get(a_ticket().id) == a_ticket()
    assert database.client is not before
    database.close()


def test_a_forked_child_opens_its_own_connections(
    mongo_server: MongoServer, live: Database
) -> None:
    """It does not touch the client of its parent, which goes on."""
    made: list[int] = []

    def connect_here() -> Any:
        made.append(os.getpid())
        return connect(mongo_server.uri)

    database = Database(connect_here, live.name)
    assert database.client is database.client
    parent = os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Coverage and pytest are the parent's: the child only says what it made, and is gone.
        assert database.client is not None
        os.write(writing, f"{len(made)} {made[-1] == os.getpid() != parent}".encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 100) == b"2 True"
    assert made == [parent]
    for end in (reading, writing):
        os.close(end)
    database.close()


def test_a_document_that_is_too_large_is_refused(live: Database) -> None:
    """As the caller's mistake: trying again would not help."""
    with pytest.raises(InvalidValue, match="larger than the 16 MiB"):
        MongoSellers(live).add(a_seller(status=Restricted(verbatim("x" * 2**25))))


def test_what_cannot_be_written_is_not_found(live: Database) -> None:
    """Half of a surrogate pair is in no id, word or tag that is kept."""
    odd = "\ud800"
    MongoAutomations(live).add(an_automation())

    index = MongoCatalogueIndex(live)
    assert index.read(Wanted(labels=frozenset((odd,))), Order.NEWEST, 9) == ()
    assert index.tally(Wanted(beginnings=frozenset((odd,))), 9) == {}
    assert MongoPurchases(live).sales_by_day(UserId(odd)) == ()
    assert MongoPurchases(live).owned(ADA, [AutomationId(odd)]) == frozenset()
    assert MongoGrants(live).of_purchase(PurchaseId(odd)) == ()
    with pytest.raises(NotFound):
        MongoPaymentInbox(live).done(EventId(odd))


def test_operators_in_values_are_literals(live: Database) -> None:
    """Text that MongoDB's language knows is text."""
    MongoAutomations(live).add(an_automation())
    MongoUploads(live).add(a_ticket())

    for odd in ('{"$ne": null}', "$where", "keys.sale", "$title", ".*", "^a"):
        wanted = Wanted(labels=frozenset((TAGS.label(odd), odd)))
        assert MongoCatalogueIndex(live).read(wanted, Order.NEWEST, 9) == ()
        with pytest.raises(NotFound):
            MongoUploads(live).get(UploadId(odd))


def test_an_event_fifty_times_at_once_counts_every_attempt(live: Database) -> None:
    """One of them makes it, the others count; what is done at once stays done."""
    events = MongoPaymentInbox(live)
    event = Unhandled(EventId("evt_1"), "x")
    entries = at_once(
        50, lambda number: events.open(event, b"{}", NOON + timedelta(seconds=number))
    )

    assert sorted(entry.attempts for entry in entries) == list(range(1, 51))
    assert len({entry.received_at for entry in entries}) == 1
    (waiting,) = events.pending(10)
    assert waiting.attempts == 50
    at_once(
        50, lambda number: (events.done, partial(events.failed, problem="x"))[number % 2](event.id)
    )
    assert events.pending(10) == ()


def test_a_user_whom_mongodb_does_not_know_is_told_from_an_outage(
    mongo_server: MongoServer,
) -> None:
    """Waiting does not help; somebody must look."""
    uri = mongo_server.uri.replace("://", "://nobody:wrong@")
    database = open_database(uri, "koda")

    with pytest.raises(Refused, match="its operator must check it"):
        MongoUploads(database).get(a_ticket().id)
    database.close()
