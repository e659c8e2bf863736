"""Grants in SQLite."""

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, select
from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.purchases import Grant
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.grants import Grants

RECORD = """
INSERT INTO grants (id, purchase_id, granted, document) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
"""
OF_PURCHASE = "SELECT id, document FROM grants WHERE purchase_id = ? ORDER BY granted, id"

RECORDS = Records("grant", Grant)


class SqliteGrants(Grants):
    """All grants of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, grant: Grant) -> None:
        granted = to_milliseconds(grant.granted_at)
        row = (grant.id, grant.purchase_id, granted, documents().write(grant))
        with self._database.write() as connection:
            connection.execute(RECORD, row)

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        with self._database.read() as connection:
            rows = select(connection, OF_PURCHASE, (purchase_id,))
        return RECORDS.read_all(rows)
