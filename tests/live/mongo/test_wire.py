"""What every command tells the server, as it goes over the wire."""

from contextlib import suppress
from typing import Any

import pytest
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from koda.adapters.mongo.database import Database, connect
from koda.domain.model.errors import KodaError
from tests.live.mongo.calls import CALLS
from tests.servers.mongo import MongoServer

WRITES = {"insert", "update", "delete", "findAndModify"}
READS = {"find", "aggregate", "distinct"}


class Heard(CommandListener):
    """Keeps the commands of a client."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Keep one."""
        self.commands.append((event.command_name, dict(event.command)))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """The answer is of no interest."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nor is its lack."""


@pytest.mark.parametrize("call", CALLS)
def test_every_write_waits_for_the_journals_of_a_majority(
    mongo_server: MongoServer, live: Database, call: str
) -> None:
    """And every read is of what a majority has; each within a time that the server knows."""
    heard = Heard()
    with connect(mongo_server.uri, [heard]) as client:
        with suppress(KodaError):
            CALLS[call](Database(lambda: client, live.name))
        assert {name for name, _ in heard.commands} <= WRITES | READS

    assert heard.commands
    for name, command in heard.commands:
        if name in WRITES:
            assert command["writeConcern"] == {"w": "majority", "j": True}
        if name in READS:
            assert command["readConcern"] == {"level": "majority"}
