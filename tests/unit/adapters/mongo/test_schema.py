import hashlib
import json
from collections.abc import Iterator

import pytest
from attrs import evolve

from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.indexes import INDEXES
from koda.adapters.mongo.migrations import migrate
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.records import Records
from koda.adapters.mongo.schema import KEPT
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.mongo.validators import schema_of, validator
from koda.domain.model.errors import AlreadyExists, CorruptRecord, StaleWrite
from koda.domain.model.identifiers import AccountId, OrderId
from koda.domain.model.sellers import Seller
from koda.testing.examples import a_purchase, a_seller

VERSIONS = [
    ("automations", 1, "1eed5afc3f87"),
    ("index_labels", 1, "9f7c7d1ff05c"),
    ("index_builds", 1, "5a85591d3630"),
    ("sellers", 1, "300cf57d2433"),
    ("orders", 1, "3bda01d90350"),
    ("purchases", 1, "f6dce1db211c"),
    ("payment_inbox", 1, "66ca6e0cce82"),
    ("grants", 1, "f2bf9d8fbfd7"),
    ("journal", 1, "54d6490d6834"),
    ("journal_days", 1, "cef97ec8aada"),
    ("uploads", 1, "040739c2f4fc"),
    ("people", 1, "388ce76b7b95"),
    ("webhook_health", 1, "ebba2f9a89e2"),
    ("roles", 1, "97046880093f"),
    ("audit_log", 1, "b81cf104bdb7"),
    ("deliveries", 1, "2b40e5ada4bd"),
    ("subscriptions", 1, "c83090bde48a"),
]


def test_migration_names_what_it_cannot_upgrade(database: Database) -> None:
    """Rather than to lose it."""

    def upgraded(document: Document) -> Document:
        return {**document, "account_id": document["account"]}

    MongoSellers(database).add(a_seller())

    with pytest.raises(CorruptRecord, match="cannot be upgraded, KeyError"):
        migrate(database, Records("seller", "sellers", Seller, upgrades=(upgraded,)))


def test_the_account_of_a_seller_is_theirs_alone(database: Database) -> None:
    """A unique index says so, to whoever adds or saves."""
    store = MongoSellers(database)
    store.add(a_seller())
    store.add(a_seller("user_eve", account_id=AccountId("acct_eve")))

    with pytest.raises(AlreadyExists):
        store.save(a_seller("user_eve", account_id=a_seller().account_id))
    with pytest.raises(StaleWrite):
        store.save(a_seller("user_nobody", account_id=AccountId("acct_nobody")))


def test_a_purchase_whose_id_is_another_lines_is_refused(database: Database) -> None:
    """No line is taken for another one's."""
    store = MongoPurchases(database)
    store.record([a_purchase()])

    with pytest.raises(AlreadyExists):
        store.record([evolve(a_purchase(), order_id=OrderId("ord_9"))])
    assert store.record([]) == ()


def test_what_has_no_place_in_a_document_is_refused() -> None:
    """A type that nobody thought of does not pass unseen."""
    with pytest.raises(TypeError, match="has no place in a document"):
        schema_of(dict[str, int])


def fingerprints() -> Iterator[tuple[str, int, str]]:
    """What documents of each collection look like, in short, and the shape that this is."""
    for collection in KEPT:
        text = json.dumps(validator(collection), sort_keys=True)
        yield (
            collection.collection,
            collection.schema_version,
            hashlib.sha256(text.encode()).hexdigest()[:12],
        )


def test_changed_fields_have_a_new_version() -> None:
    """A change of what is kept needs an upgrade from the version before, then a new line here."""
    assert list(fingerprints()) == VERSIONS


def test_names_of_indexes_are_unique_in_their_collection() -> None:
    """Each says which question it serves."""
    for indexes in INDEXES.values():
        assert len({index.name for index in indexes}) == len(indexes)
