"""The messages of one life in any order, over every store: what is known in the end is the same."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.clerk.people_webhooks import ClerkPeopleWebhooks
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.mongo.people import RECORDS, MongoPeople
from koda.adapters.sqlite.people import SqlitePeople
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved
from koda.domain.usecases.account.follow_people import FollowPeople
from koda.ports.people import People
from koda.testing.contracts.running import EXAMPLES
from koda.testing.examples import NOON
from paysandbox.signing import new_svix_secret, sign_svix
from tests.contract.conftest import NewDatabase
from tests.servers.mongo import MongoServer, mock_database

SECRET = new_svix_secret()
EVENTS = ClerkPeopleWebhooks((SECRET,), lambda: NOON)
SECONDS = int(NOON.timestamp())
BEGUN = SECONDS * 1000
ZOE = UserId("user_zoe")

Make = Callable[[], People]


def a_message(name: str, at: int, first_name: str) -> dict[str, Any]:
    """What Clerk says happened to Zoë, some milliseconds after the beginning."""
    user: dict[str, Any] = {
        "id": ZOE,
        "first_name": first_name,
        "last_name": None,
        "username": None,
        "email_addresses": [],
        "primary_email_address_id": None,
        "image_url": "",
        "updated_at": BEGUN + at,
    }
    gone = {"id": ZOE, "object": "user", "deleted": True}
    data = gone if name == "user.deleted" else user
    return {"type": name, "object": "event", "timestamp": BEGUN + at, "data": data}


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[int]]:
    """The messages of a life as they happened, and the places of those that come, in their order.

    Each comes at least once.
    """
    changes = draw(st.lists(st.sampled_from(["Zoë", "Zoe", "Žofie"]), max_size=3))
    names = ["user.created", *("user.updated" for _ in changes)]
    told = [
        a_message(name, at, first_name)
        for at, (name, first_name) in enumerate(zip(names, ["Zoe", *changes], strict=True))
    ]
    if draw(st.booleans()):
        told.append(a_message("user.deleted", len(told), ""))
    places = list(range(len(told)))
    again = draw(st.lists(st.sampled_from(places), max_size=4))
    return told, draw(st.permutations(places + again))


def known_after(store: People, messages: Sequence[dict[str, Any]]) -> Person | PersonRemoved | None:
    """What is known of Zoë once the messages came, each signed."""
    follow = FollowPeople(EVENTS, store)
    for body in messages:
        payload = json.dumps(body).encode()
        follow(payload, sign_svix(payload, [SECRET], SECONDS, "msg_1"))
    return store.find(ZOE)


class MessagesInAnyOrder:
    """Runs over the stores below."""

    @EXAMPLES
    @given(life=lives())
    def test_any_order_ends_the_same(
        self, make: Make, life: tuple[list[dict[str, Any]], list[int]]
    ) -> None:
        """Messages that are repeated and reordered leave what the last one said."""
        told, order = life
        known = known_after(make(), [told[place] for place in order])

        assert known == known_after(MemoryPeople(), told)
        last = told[-1]
        if last["type"] == "user.deleted":
            assert isinstance(known, PersonRemoved)
        else:
            assert isinstance(known, Person)
            assert known.name == last["data"]["first_name"]


class TestMessagesInMemory(MessagesInAnyOrder):
    @pytest.fixture
    def make(self) -> Make:
        """Each in its own memory."""
        return MemoryPeople


class TestMessagesInSqlite(MessagesInAnyOrder):
    @pytest.fixture
    def make(self, new_database: NewDatabase) -> Make:
        """Each in its own file."""
        return lambda: SqlitePeople(new_database())


class TestMessagesInMongomock(MessagesInAnyOrder):
    @pytest.fixture
    def make(self) -> Make:
        """Each in the memory of a client of its own."""
        return lambda: MongoPeople(mock_database(RECORDS))


class TestMessagesInMongo(MessagesInAnyOrder):
    @pytest.fixture
    def make(self, mongo_server: MongoServer) -> Make:
        """Each in a database of its own, of a live server."""
        return lambda: MongoPeople(mongo_server.new_database(RECORDS))
