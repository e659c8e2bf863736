"""Upload tickets in MongoDB."""

from datetime import datetime

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.records import Records, Shelf, delete, save
from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import UploadTicket
from koda.ports.uploads import Uploads

RECORDS = Records("upload", "uploads", UploadTicket)


class MongoUploads(Uploads):
    """All upload tickets of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._shelf = Shelf(database, RECORDS)

    def add(self, ticket: UploadTicket) -> None:
        self._shelf.add(ticket)

    def get(self, upload_id: UploadId) -> UploadTicket:
        return self._shelf.get(upload_id)

    def save(self, ticket: UploadTicket) -> UploadTicket:
        return save(self._shelf, ticket)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return delete(self._shelf, {"expires_at": {"$lt": before}}, dry_run=dry_run)
