"""Pytest plugin: a marketplace to test with, and contract suites whose failures show values.

Name it in your `conftest.py`: `pytest_plugins = ["koda.testing.plugin"]`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koda.adapters.sqlite.audit_log import SqliteAuditLog
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.grants import SqliteGrants
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.adapters.sqlite.journal import SqliteJournal
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.adapters.sqlite.people import SqlitePeople
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.roles import SqliteRoles
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth
from koda.testing.marketplace import Marketplace

pytest.register_assert_rewrite("koda.testing.contracts")


@pytest.fixture(params=["memory", "sqlite"])
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Marketplace]:
    """A new marketplace, once in memory and once on SQLite; the rest is in memory both times."""
    if request.param == "memory":
        yield Marketplace()
        return
    database = Database(tmp_path / "koda.sqlite")
    yield Marketplace(
        automations=SqliteAutomations(database),
        catalogue_index=SqliteCatalogueIndex(database),
        index_builder=SqliteIndexBuilder(database),
        sellers=SqliteSellers(database),
        orders=SqliteOrders(database),
        purchases=SqlitePurchases(database),
        payment_inbox=SqlitePaymentInbox(database),
        grants=SqliteGrants(database),
        journal=SqliteJournal(database),
        uploads=SqliteUploads(database),
        people=SqlitePeople(database),
        webhook_health=SqliteWebhookHealth(database),
        roles=SqliteRoles(database),
        audit_log=SqliteAuditLog(database),
        outbox=SqliteOutbox(database),
    )
    database.close()
