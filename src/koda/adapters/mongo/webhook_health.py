"""How endpoints for messages fare, in MongoDB."""

from collections.abc import Mapping
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.records import Collection, Records
from koda.domain.model.errors import RefusalCause
from koda.domain.model.webhook_health import EndpointHealth
from koda.ports.webhook_health import WebhookHealth

RECORDS = Records("endpoint health", "webhook_health", EndpointHealth)
ZEROS = {cause.value: 0 for cause in RefusalCause}
FIRST: Document = {"keys": {}, "schema_version": RECORDS.schema_version}


class MongoWebhookHealth(WebhookHealth):
    """The counts in a MongoDB database; each note is one write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = Collection(database, RECORDS)

    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        more = {cause.value: counts.get(cause, 0) for cause in RefusalCause}
        change = {"$inc": more, "$setOnInsert": {"accepted_at": None, **FIRST}}
        self._update({"_id": endpoint}, change)

    def accepted(self, endpoint: str, at: datetime) -> None:
        earlier = [{"accepted_at": None}, {"accepted_at": {"$lt": at}}]
        change = {"$set": {**ZEROS, "accepted_at": at}, "$setOnInsert": FIRST}
        self._update({"_id": endpoint, "$or": earlier}, change)

    def of(self, endpoint: str) -> EndpointHealth:
        return self._collection.find({"_id": endpoint}) or EndpointHealth(endpoint)

    def _update(self, wanted: Document, change: Document) -> None:
        """Change the document that is `wanted`, or make it if there is none of that endpoint.

        Of two callers that both find none, one makes it, and the other then finds that one; or
        finds a later message accepted.
        """
        collection = self._database.collection(RECORDS.collection)
        with translated():
            try:
                collection.update_one(wanted, change, upsert=True)
            except DuplicateKeyError:
                collection.update_one(wanted, change)
