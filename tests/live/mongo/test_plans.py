from itertools import takewhile
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from koda.adapters.mongo import (
    audit_log,
    automations,
    grants,
    indexes,
    journal,
    orders,
    payment_inbox,
    purchases,
)
from koda.adapters.mongo.catalogue_index import Question
from koda.adapters.mongo.database import Database
from koda.adapters.mongo.indexes import INDEXES
from koda.adapters.mongo.keyset import behind
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.paging import Cursor
from koda.domain.search.entries import Order, Wanted
from koda.testing.examples import NOON
from tests.servers.mongo import MongoServer

WANTED = {
    "all": Wanted(),
    "one label": Wanted(labels=frozenset(("P:n8n",))),
    "several labels": Wanted(labels=frozenset(("P:n8n", "slack", "T:slack"))),
    "a beginning": Wanted(beginnings=frozenset(("inv",))),
    "a long beginning": Wanted(beginnings=frozenset(("integration",))),
    "labels, a beginning and a price": Wanted(
        labels=frozenset(("slack",)), beginnings=frozenset(("inv",)), min_price=1, max_price=2
    ),
}
AFTER = Cursor(1, "aut_1")
ASKED = {
    "of seller": (
        "automations",
        {"seller_id": "x", **behind("keys.created", AFTER)},
        automations.NEWEST,
        indexes.OF_SELLER,
    ),
    "in review": (
        "automations",
        {
            "keys.held": {"$exists": True},
            **behind("keys.held", AFTER, descending=False),
        },
        automations.LONGEST_HELD,
        indexes.HELD,
    ),
    "alike": (
        "automations",
        {"keys.fingerprints": "x", "seller_id": {"$ne": "x"}},
        automations.BY_ID,
        indexes.FINGERPRINTS,
    ),
    "bought": (
        "purchases",
        {"buyer_id": "x", "double": False, **behind("keys.bought", AFTER)},
        purchases.NEWEST,
        indexes.BOUGHT,
    ),
    "sold": (
        "purchases",
        {"seller_id": "x", "double": False, **behind("keys.bought", AFTER)},
        purchases.NEWEST,
        indexes.SOLD,
    ),
    "one of a buyer": (
        "purchases",
        {"buyer_id": "x", "automation_id": "x", "double": False},
        purchases.LIVE_THEN_NEWEST,
        indexes.OF_AUTOMATION,
    ),
    "open of a buyer": (
        "orders",
        {"buyer_id": "x", "state": "open", "keys.open": {"$exists": True}},
        orders.NEWEST,
        indexes.OPEN_OF,
    ),
    "open about": (
        "orders",
        {"keys.subjects": "x", "created_at": {"$gte": NOON}},
        orders.OLDEST,
        indexes.OPEN_ABOUT,
    ),
    "listed orders": (
        "orders",
        {
            **orders.asked(OrderQuery.of(OrderList.ALL).between(NOON, NOON)),
            **behind("keys.dated", AFTER),
        },
        orders.LATEST,
        indexes.LISTED_ORDERS,
    ),
    "unpaid": (
        "orders",
        {"keys.unpaid": True, "created_at": {"$lt": NOON, "$gte": NOON}},
        orders.OLDEST,
        indexes.UNPAID,
    ),
    "under way": (
        "orders",
        {"keys.under_way": True, "created_at": {"$lt": NOON, "$gte": NOON}},
        orders.OLDEST,
        indexes.UNDER_WAY,
    ),
    "pending": ("payment_inbox", {"keys.waiting": True}, payment_inbox.OLDEST, indexes.WAITING),
    "messages": (
        "payment_inbox",
        behind("keys.received", AFTER),
        payment_inbox.NEWEST,
        indexes.NEWEST_MESSAGES,
    ),
    "messages in a state": (
        "payment_inbox",
        {"state": "failed", **behind("keys.received", AFTER)},
        payment_inbox.NEWEST,
        indexes.OF_STATE,
    ),
    "messages about a subject": (
        "payment_inbox",
        {"subject": "x", **behind("keys.received", AFTER)},
        payment_inbox.NEWEST,
        indexes.OF_MESSAGE_SUBJECT,
    ),
    "audit log": ("audit_log", behind("keys.at", AFTER), audit_log.NEWEST, indexes.NEWEST_ENTRIES),
    "of actor": (
        "audit_log",
        {"actor": "x", **behind("keys.at", AFTER)},
        audit_log.NEWEST,
        indexes.OF_ACTOR,
    ),
    "of audit subject": (
        "audit_log",
        {"keys.subject": "x", **behind("keys.at", AFTER)},
        audit_log.NEWEST,
        indexes.OF_AUDIT_SUBJECT,
    ),
    "entries": (
        "journal",
        {
            **journal.asked(EntryQuery(since=NOON, until=NOON)),
            **behind("keys.occurred", AFTER, descending=False),
        },
        journal.OLDEST,
        indexes.LISTED,
    ),
    "of purchase": ("grants", {"purchase_id": "x"}, grants.OLDEST, indexes.OF_PURCHASE),
}


def stages(plan: Any) -> list[dict[str, Any]]:
    """The stages of a plan, from the last one to the first."""
    plans = []
    while plan:
        plans.append(plan)
        plan = plan.get("inputStage")
    return plans


def explain(database: Database, command: dict[str, Any]) -> list[dict[str, Any]]:
    """The stages that a server plans for a command."""
    asked = {"explain": command, "verbosity": "queryPlanner"}
    explained = database.handle.command(asked)
    planner = explained.get("queryPlanner") or explained["stages"][0]["$cursor"]["queryPlanner"]
    winning = planner["winningPlan"]
    return stages(winning.get("queryPlan", winning))


def assert_in_order(
    collection: str, wanted: dict[str, Any], order: tuple[tuple[str, int], ...], name: str
) -> None:
    """Check an index by its keys: what must be equal, then the order in one direction."""
    (index,) = (index for index in INDEXES[collection] if index.name == name)
    equal = {field for field, value in wanted.items() if not isinstance(value, dict | list)}
    leading = list(takewhile(equal.__contains__, index.fields))
    place = [field for field, _ in order]
    rest = list(index.fields[len(leading) :])
    assert rest[: len(place)] == place
    assert equal <= {*leading, *rest[len(place) :]}
    assert len({direction for _, direction in order}) == 1


@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("after", [None, AFTER], ids=["first page", "next page"])
@pytest.mark.parametrize("order", Order)
def test_catalogue_reads_one_index_in_order(
    mongo_server: MongoServer, live: Database, wanted: Wanted, after: Cursor | None, order: Order
) -> None:
    """One label, then the order of the page; what else is asked narrows it down.

    By the keys of the index everywhere, and by the plan of a real MongoDB: its double names the
    index that it reads, and does not know that the order is that of the page.
    """
    asked = Question.of(wanted, {"slack": 3}, order, after)
    command = {
        "find": "automations",
        "filter": asked.wanted,
        "sort": dict(asked.order),
        "hint": asked.index,
    }
    (index,) = (index for index in INDEXES["automations"] if index.name == asked.index)

    place = [field for field, _ in asked.order]
    start = index.fields.index("keys.labels")
    assert list(index.fields[start + 1 : start + 3]) == place
    assert {*index.fields[:start]} <= asked.wanted.keys()
    assert len({direction for _, direction in asked.order}) == 1
    assert sum(field == "keys.labels" for field in index.fields) == 1
    assert_planned(mongo_server, live, command, asked.index)


@pytest.mark.parametrize("question", ASKED)
def test_every_list_reads_one_index_in_order(
    mongo_server: MongoServer, live: Database, question: str
) -> None:
    """Equality, then the order of the answer; nothing is sorted."""
    collection, wanted, order, index = ASKED[question]
    command = {"find": collection, "filter": wanted, "sort": dict(order), "hint": index}

    assert_in_order(collection, wanted, order, index)
    assert_planned(mongo_server, live, command, index)


def assert_planned(
    server: MongoServer, database: Database, command: dict[str, Any], index: str
) -> None:
    """Ask the server for its plan."""
    *later, scan = explain(database, command)
    assert (scan["stage"], scan["indexName"]) == ("IXSCAN", index)
    if server.real:
        assert [stage["stage"] for stage in later if stage["stage"] not in {"LIMIT", "FETCH"}] == []


@pytest.mark.parametrize("forms", [[1, 2]])
def test_words_are_found_by_their_forms(live: Database, forms: list[int]) -> None:
    """However many words there are."""
    command = {
        "find": "index_labels",
        "filter": {"forms": {"$in": forms}},
        "hint": indexes.OF_FORM,
    }
    assert explain(live, command)[-1]["indexName"] == indexes.OF_FORM


def test_files_in_use_are_looked_up_by_key(mongo_server: MongoServer, live: Database) -> None:
    """Every key in one index."""
    wanted = {"keys.files": {"$in": ["made/1", "made/2"]}}
    command = {"find": "automations", "filter": wanted, "hint": indexes.FILES}

    assert_planned(mongo_server, live, command, indexes.FILES)


def test_entries_of_a_day_are_found_by_an_index(mongo_server: MongoServer, live: Database) -> None:
    """Its totals are summed from them alone."""
    command = {"find": "journal", "filter": {"keys.day": "2026-03-01"}, "hint": indexes.OF_DAY}

    assert_planned(mongo_server, live, command, indexes.OF_DAY)


WAITING = {"subscriber": "crm", "state": "waiting"}
DELIVERIES = {
    "due": ({**WAITING, "due": {"$lte": NOON}}, (("due", 1), ("_id", 1)), indexes.DUE),
    "first of a subject": (
        {**WAITING, "keys.subject": "order/ord_1"},
        (("keys.place", 1),),
        indexes.OF_SUBJECT,
    ),
    "oldest": (WAITING, (("state", 1), ("keys.occurred", 1)), indexes.OF_SUBSCRIBER),
    "given up": (
        {"subscriber": "crm", "state": {"$in": ["given_up", "unreadable"]}},
        (),
        indexes.OF_SUBSCRIBER,
    ),
    "set aside": ({"state": "unreadable"}, (), indexes.UNREAD),
}


@pytest.mark.parametrize("question", DELIVERIES)
def test_deliveries_are_found_by_an_index(
    mongo_server: MongoServer, live: Database, question: str
) -> None:
    """However many are done. That they wait is what the index is limited to."""
    wanted, order, index = DELIVERIES[question]
    command = {"find": "deliveries", "filter": wanted, "hint": index}

    assert_planned(mongo_server, live, command | ({"sort": dict(order)} if order else {}), index)


@pytest.mark.parametrize(
    ("field", "index"), [("outbox", indexes.LEFT), ("unreadable", indexes.SET_ASIDE)]
)
@pytest.mark.parametrize("collection", ["orders", "purchases", "automations", "sellers"])
def test_events_are_found_by_an_index_of_their_documents_alone(
    mongo_server: MongoServer, live: Database, collection: str, field: str, index: str
) -> None:
    """Of all that is kept, nothing else is looked at twice a second."""
    command = {"find": collection, "filter": {field: {"$exists": True}}, "hint": index}

    assert_planned(mongo_server, live, command, index)


def test_an_index_that_is_named_must_be_there(mongo_server: MongoServer) -> None:
    """No question falls back to reading everything."""
    bare = mongo_server.new_database()
    bare.collection("automations").insert_one({"_id": "aut_1"})

    with pytest.raises(OperationFailure):
        list(bare.collection("automations").find({}).hint(indexes.OF_SELLER))
