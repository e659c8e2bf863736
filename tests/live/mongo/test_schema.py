from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from attrs import evolve
from pymongo.errors import WriteError

from koda.adapters.mongo import payment_inbox, sellers
from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.migrations import migrate
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.records import Collection, Records, save
from koda.adapters.mongo.schema import check, faults, prepare
from koda.adapters.mongo.sellers import MongoSellers
from koda.domain.model.errors import CorruptRecord, InvalidValue, StaleWrite, Unavailable
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged
from koda.domain.model.sellers import Ready, Restricted, Seller
from koda.domain.model.sentences import verbatim
from koda.testing.contracts.running import at_once
from koda.testing.examples import NOON, a_purchase, a_seller
from tests.servers.mongo import MongoServer


def upgraded(document: Document) -> Document:
    """A next shape: the first one called the payout account `account`."""
    return {**document, "account_id": document["account_id"].replace("old", "new")}


NEXT: Records[Seller] = Records("seller", "sellers", Seller, upgrades=(upgraded,))


def test_a_prepared_database_has_no_faults(live: Database) -> None:
    """Preparing it again changes nothing."""
    assert list(faults(live)) == []
    check(live)
    assert {(step.existed, step.rewritten) for step in prepare(live)} == {(True, 0)}


def test_what_is_missing_is_told_and_made(live: Database) -> None:
    """Index by index, and nothing is lost."""
    MongoSellers(live).add(a_seller())
    live.collection("sellers").drop_index("account")
    live.handle.command("collMod", "orders", validator={})
    live.collection("people").drop()

    assert list(faults(live)) == [
        "sellers lacks the index account",
        "the validator of orders is not this version's",
        "there is no collection people",
    ]
    with pytest.raises(InvalidValue, match="is not prepared: sellers lacks the index account"):
        check(live)
    made = [step.name for step in prepare(live) if not step.existed]
    assert made == ["sellers", "orders", "people"]
    assert list(faults(live)) == []
    assert MongoSellers(live).find(a_seller().user_id) == a_seller()


def test_an_index_that_is_another_is_a_fault(live: Database) -> None:
    """The name alone promises nothing."""
    sellers_kept = live.collection("sellers")
    sellers_kept.drop_index("account")
    sellers_kept.create_index([("account_id", 1)], name="account")

    assert list(faults(live)) == ["sellers lacks the index account"]
    with pytest.raises(Unavailable):
        list(prepare(live))


def test_a_server_that_is_gone_is_unavailable_to_init() -> None:
    """And to the check before a start."""
    from koda.adapters.mongo.database import open_database

    database = open_database("mongodb://127.0.0.1:1", "koda")

    with pytest.raises(Unavailable):
        check(database)
    database.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"account_id": 5},
        {"status": {"kind": "banned"}},
        {"status": {"kind": "ready", "reason": "x"}},
        {"created_at": 0},
        {"revision": 1.5},
        {"balance": 5},
        {"keys": None},
        {"schema_version": 0},
    ],
)
def test_mongodb_refuses_what_koda_would_not_write(live: Database, changes: Document) -> None:
    """Whoever writes it, by whatever way."""
    document = sellers.RECORDS.write(a_seller())
    live.collection("sellers").insert_one(dict(document))

    with pytest.raises(WriteError):
        live.collection("sellers").replace_one({}, {**document, **changes})


def test_a_refused_document_is_told_apart_from_a_second_one(live: Database) -> None:
    """What the validator refuses was not kept before, and nothing is made of it."""
    live.handle.command("collMod", "purchases", validator={"title": "nothing"})

    with pytest.raises(Unavailable):
        MongoPurchases(live).record([a_purchase()])
    assert live.collection("purchases").count_documents({}) == 0


def test_documents_of_earlier_versions_may_still_be_written(mongo_server: MongoServer) -> None:
    """By the processes of before, while those of the next version run already."""
    database = mongo_server.new_database(NEXT)
    MongoSellers(database).add(a_seller(account_id=AccountId("acct_old")))

    assert Collection(database, NEXT).find({"_id": "user_ada"}) == a_seller(
        account_id=AccountId("acct_new")
    )


def test_migration_keeps_payloads(mongo_server: MongoServer) -> None:
    """They are no part of the entity that is rewritten."""
    database = mongo_server.new_database(payment_inbox.RECORDS)
    event = CheckoutChanged(EventId("evt_1"), "checkout.completed", CheckoutSessionId("cs_1"))
    inbox = payment_inbox.MongoPaymentInbox(database)
    inbox.open(event, b"{}", NOON)
    following = evolve(payment_inbox.RECORDS, upgrades=(dict,))
    (prepared,) = prepare(database, [following])

    assert prepared.rewritten == 1
    assert inbox.payload(event.id) == b"{}"


def test_migration_rewrites_what_is_of_an_earlier_shape(mongo_server: MongoServer) -> None:
    """Each document once; what is saved meanwhile is of the newest shape already."""
    database = mongo_server.new_database(sellers.RECORDS)
    store = MongoSellers(database)
    for number in range(5):
        store.add(a_seller(f"user_{number}", account_id=AccountId(f"acct_old_{number}")))
    collection = Collection(database, NEXT)
    (first,) = collection.some(["user_0"])
    save(collection, first)

    (prepared,) = prepare(database, [NEXT])
    assert prepared.rewritten == 4
    assert migrate(database, NEXT) == 0
    rows = list(database.collection("sellers").find())
    assert {(document["schema_version"], document["account_id"][:8]) for document in rows} == {
        (2, "acct_new")
    }
    assert [seller.revision for seller in collection.some(["user_0", "user_1"])] == [1, 0]


def test_migration_leaves_alone_what_changed_meanwhile(mongo_server: MongoServer) -> None:
    """A save between reading and rewriting is not undone."""
    database = mongo_server.new_database(sellers.RECORDS)
    store = MongoSellers(database)
    store.add(a_seller(account_id=AccountId("acct_old")))

    def while_saving(document: Document) -> Document:
        """Somebody saves in the middle of it."""
        collection = Collection(database, evolve(NEXT))
        save(collection, *a_seller(account_id=AccountId("acct_old")).with_status(Ready(), NOON))
        return upgraded(document)

    assert migrate(database, evolve(NEXT, upgrades=(while_saving,))) == 0
    (row,) = database.collection("sellers").find()
    assert (row["revision"], row["account_id"]) == (1, "acct_old")


def test_migration_among_writers_of_both_versions_loses_nothing(mongo_server: MongoServer) -> None:
    """Whatever anybody was told is saved is there in the end, in the newest shape."""
    database = mongo_server.new_database(sellers.RECORDS)
    users = [f"user_{number}" for number in range(8)]
    for user in users:
        MongoSellers(database).add(a_seller(user, account_id=AccountId(f"acct_old_{user}")))
    saved: list[str] = []

    def write(records: Records[Seller], user: str) -> None:
        collection = Collection(database, records)
        for number in range(10):
            with suppress(StaleWrite, CorruptRecord):
                seller = collection.get(user)
                save(collection, *seller.with_status(Restricted(verbatim(f"{number}")), NOON))
                saved.append(user)

    work: list[Callable[[], object]] = [
        partial(write, records, user) for user in users for records in (sellers.RECORDS, NEXT)
    ]
    work += [partial(migrate, database, NEXT)] * 4
    at_once(work)
    migrate(database, NEXT)

    rows = list(database.collection("sellers").find())
    assert {(document["schema_version"], document["account_id"][:8]) for document in rows} == {
        (2, "acct_new")
    }
    assert {document["_id"]: document["revision"] for document in rows} == Counter(saved)
