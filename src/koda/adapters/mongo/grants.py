"""Grants in MongoDB."""

from contextlib import suppress

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.indexes import OF_PURCHASE
from koda.adapters.mongo.records import Collection, Records
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import PurchaseId
from koda.ports.grants import Grants

RECORDS = Records("grant", "grants", Grant)
OLDEST = (("granted_at", 1), ("_id", 1))


class MongoGrants(Grants):
    """All grants of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)

    def record(self, grant: Grant) -> None:
        with suppress(AlreadyExists):
            self._collection.add(grant)

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        rows = self._collection.select({"purchase_id": purchase_id}, OLDEST, index=OF_PURCHASE)
        return RECORDS.read_all(rows)
