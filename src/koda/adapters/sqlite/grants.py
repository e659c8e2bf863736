"""Grants in SQLite."""

from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, select
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.grants import Grants

RECORD = """
INSERT INTO grants (id, purchase_id, granted, document)
VALUES (:id, :purchase_id, :granted, :document)
ON CONFLICT (id) DO NOTHING
"""
OF_PURCHASE = "SELECT id, document FROM grants WHERE purchase_id = ? ORDER BY granted, id"


def _row(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "purchase_id": grant.purchase_id,
        "granted": to_milliseconds(grant.granted_at),
        "document": documents().write(grant),
    }


RECORDS = Records("grant", Grant, _row)


class SqliteGrants(Grants):
    """All grants of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, grant: Grant) -> None:
        with self._database.write() as connection:
            connection.execute(RECORD, _row(grant))

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        with self._database.read() as connection:
            rows = select(connection, OF_PURCHASE, (purchase_id,))
        return RECORDS.read_all(rows)
