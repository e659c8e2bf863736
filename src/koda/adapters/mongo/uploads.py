"""Upload tickets in MongoDB."""

from datetime import datetime

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.records import Collection, Records, delete, save
from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import UploadTicket
from koda.ports.uploads import Uploads

RECORDS = Records("upload", "uploads", UploadTicket)


class MongoUploads(Uploads):
    """All upload tickets of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)

    def add(self, ticket: UploadTicket) -> None:
        self._collection.add(ticket)

    def get(self, upload_id: UploadId) -> UploadTicket:
        return self._collection.get(upload_id)

    def save(self, ticket: UploadTicket) -> UploadTicket:
        return save(self._collection, ticket)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._collection, {"expires_at": {"$lt": before}}, dry_run=dry_run)
