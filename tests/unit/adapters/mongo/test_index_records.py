"""Counts of labels: right again after a rebuild, whatever happens to them meanwhile or before."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from attrs import evolve
from pymongo.errors import AutoReconnect

from koda.adapters.mongo import index_records
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.index_builder import MongoIndexBuilder
from koda.domain.model.automations import AutomationState
from koda.domain.model.errors import AlreadyExists, StaleWrite, Unavailable
from koda.domain.search.builds import IndexBuild
from koda.testing.examples import a_listing, an_automation

LISTED = tuple(
    an_automation(f"aut_{number}", listing=a_listing(title=f"Invoices of week {number}"))
    for number in range(3)
)
WITHDRAWN = evolve(LISTED[0], state=AutomationState.WITHDRAWN)
NOTHING: frozenset[str] = frozenset()
INVOICES = frozenset(("invoices",))


class Intruded:
    """A database in which something happens once when a method of a collection is called."""

    def __init__(
        self, database: Database, at: tuple[str, str], intrude: Callable[[], object]
    ) -> None:
        self._database, self._at, self._intrusions = database, at, [intrude]

    def again(self, intrude: Callable[[], object]) -> None:
        """Let something happen at the next call, too."""
        self._intrusions.append(intrude)

    def collection(self, name: str) -> Any:
        """One of its collections."""
        return Intruded._Collection(self, name)

    class _Collection:
        def __init__(self, owner: "Intruded", name: str) -> None:
            self._owner, self._name = owner, name

        def __getattr__(self, method: str) -> Any:
            owner = self._owner
            if owner._at == (self._name, method) and owner._intrusions:
                owner._intrusions.pop()()
            return getattr(owner._database.collection(self._name), method)


@pytest.fixture
def store(database: Database) -> MongoAutomations:
    """Some listings."""
    store = MongoAutomations(database)
    for automation in LISTED:
        store.add(automation)
    return store


def rebuild(database: Database) -> None:
    """Write the index anew in steps of two."""
    place: str | None = ""
    while place is not None:
        place = MongoIndexBuilder(database).step(place, 2).place


def invoices(database: Database) -> tuple[int, int]:
    """How many listings have the word, and how many there are."""
    index = MongoCatalogueIndex(database)
    return index.frequencies(INVOICES).get("invoices", 0), index.size()


@pytest.mark.parametrize("at", [("automations", "count_documents"), ("index_labels", "update_one")])
def test_a_listing_saved_while_its_labels_are_counted_is_counted_once(
    database: Database, store: MongoAutomations, at: tuple[str, str]
) -> None:
    """Whether before or after they were counted."""
    intruded = Intruded(database, at, lambda: store.save(WITHDRAWN))

    assert index_records.recount(cast("Database", intruded), "invoice", 1) == ["invoices"]
    assert invoices(database) == (2, 2)


def test_labels_are_not_counted_while_a_listing_is_saved(
    database: Database, store: MongoAutomations
) -> None:
    """Until that has ended, if it began after the index began to be written anew."""
    MongoIndexBuilder(database).keep(IndexBuild().begun())
    saving = index_records.counted(database, INVOICES, NOTHING)
    documents = database.collection("automations")

    def end() -> None:
        documents.delete_one({"_id": "aut_0"})
        saving.__exit__(None, None, None)

    saving.__enter__()
    intruded = Intruded(database, ("index_labels", "find_one"), end)
    index_records.recount(cast("Database", intruded), "invoice", 1)

    assert invoices(database)[0] == 2


def test_a_write_that_was_cut_off_is_counted_by_the_next_rebuild(
    database: Database, store: MongoAutomations
) -> None:
    """As far as it came."""
    MongoIndexBuilder(database).keep(IndexBuild().begun())
    with pytest.raises(Unavailable), index_records.counted(database, NOTHING, INVOICES):
        raise Unavailable("store")
    rebuild(database)
    store.save(WITHDRAWN)

    assert invoices(database) == (2, 2)
    rebuild(database)
    assert invoices(database) == (2, 2)


def test_a_refused_write_leaves_no_count_open(database: Database, store: MongoAutomations) -> None:
    """Nothing waits for it."""
    with pytest.raises(AlreadyExists):
        store.add(LISTED[0])
    with pytest.raises(StaleWrite):
        store.save(evolve(LISTED[0], revision=7))

    assert invoices(database) == (3, 3)
    rows = database.collection("index_labels").find()
    assert all(row["begun"] == row["ended"] for row in rows)


def test_lost_labels_are_known_again_after_a_rebuild(
    database: Database, store: MongoAutomations
) -> None:
    """Also the one under which all are counted."""
    database.collection("index_labels").delete_many({})
    rebuild(database)

    assert invoices(database) == (3, 3)


@pytest.mark.parametrize(
    "damage",
    [
        {"$unset": {"keys": 1}},
        {"$set": {"keys": None}},
        {"$set": {"keys": "x"}},
        {"$set": {"keys.labels": 5}},
        {"$unset": {"revision": 1}},
        {"$set": {"listing": "x"}},
    ],
    ids=str,
)
def test_a_damaged_document_does_not_stop_a_rebuild(
    database: Database, store: MongoAutomations, damage: Document
) -> None:
    """It has its keys again, or the entry that it had if it cannot be read."""
    database.collection("automations").update_one({"_id": "aut_1"}, damage)
    rebuild(database)

    assert invoices(database) == (3, 3)


def test_a_listing_saved_while_it_is_written_anew_stays_as_it_was_saved(
    database: Database, store: MongoAutomations
) -> None:
    """And its labels are counted once."""
    database.collection("automations").update_one(
        {"_id": "aut_0"}, {"$set": {"keys.labels": ["A:"]}}
    )
    builder = MongoIndexBuilder(database)
    builder.keep(IndexBuild().begun())
    intruded = Intruded(database, ("automations", "update_one"), lambda: store.save(WITHDRAWN))

    MongoIndexBuilder(cast("Database", intruded)).step("", 9)
    rebuild(database)

    assert invoices(database) == (2, 2)


def test_a_label_that_is_written_all_the_time_keeps_the_count_of_those_who_write(
    database: Database,
    store: MongoAutomations,
) -> None:
    """Nobody waits for it to be quiet."""
    labels = database.collection("index_labels")

    def write() -> None:
        labels.update_one({"_id": "invoices"}, {"$inc": {"begun": 1}})
        intruded.again(write)

    intruded = Intruded(database, ("index_labels", "find_one"), write)
    labels.update_one({"_id": "invoices"}, {"$inc": {"begun": 1}, "$set": {"entries": 7}})
    index_records.recount(cast("Database", intruded), "invoice", 1)

    assert invoices(database)[0] == 7


def test_a_listing_is_saved_though_its_labels_cannot_be_counted(
    database: Database, store: MongoAutomations, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells, and the next rebuild counts them."""

    def fail() -> None:
        raise AutoReconnect("the connection is gone")

    intruded = Intruded(database, ("index_labels", "bulk_write"), fail)
    MongoAutomations(cast("Database", intruded)).save(WITHDRAWN)

    assert store.get(WITHDRAWN.id).state is AutomationState.WITHDRAWN
    assert "labels of an entry" in caplog.text
    assert invoices(database) == (3, 3)
    rebuild(database)
    assert invoices(database) == (2, 2)
