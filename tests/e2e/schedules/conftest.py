from pathlib import Path
from typing import Any

import pytest

from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.index_builder import MongoIndexBuilder
from koda.adapters.mongo.journal import MongoJournal
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.outbox import MongoOutbox
from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.schema import KEPT
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database as SqliteDatabase
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.adapters.sqlite.journal import SqliteJournal
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.sellers import SqliteSellers
from tests.servers.mongo import MongoServer


@pytest.fixture(params=["memory", "sqlite", "mongo"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """The stores that following a payment writes; none where the marketplace's own will do."""
    if request.param == "memory":
        return {}
    if request.param == "sqlite":
        file = SqliteDatabase(tmp_path / "koda.sqlite")
        return {
            "automations": SqliteAutomations(file),
            "catalogue_index": SqliteCatalogueIndex(file),
            "index_builder": SqliteIndexBuilder(file),
            "sellers": SqliteSellers(file),
            "orders": SqliteOrders(file),
            "purchases": SqlitePurchases(file),
            "payment_inbox": SqlitePaymentInbox(file),
            "journal": SqliteJournal(file),
            "outbox": SqliteOutbox(file),
        }
    server: MongoServer = request.getfixturevalue("mongo_server")
    database = server.new_database(*KEPT)
    return {
        "automations": MongoAutomations(database),
        "catalogue_index": MongoCatalogueIndex(database),
        "index_builder": MongoIndexBuilder(database),
        "sellers": MongoSellers(database),
        "orders": MongoOrders(database),
        "purchases": MongoPurchases(database),
        "payment_inbox": MongoPaymentInbox(database),
        "journal": MongoJournal(database),
        "outbox": MongoOutbox(database),
    }
