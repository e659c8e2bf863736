"""Bringing documents to the newest schema version while the marketplace serves."""

from typing import Any

from koda.adapters.mongo.database import Database, translated
from koda.adapters.mongo.records import OUTBOX, UNREADABLE, Records


def migrate(database: Database, records: Records[Any]) -> int:
    """Rewrite every document of an earlier version; return how many were rewritten.

    Each is replaced only if nothing of it has changed since it was read: what others save meanwhile
    stays, in the newest schema version already. Cut off anywhere, it goes on when called again.

    Raises:
        CorruptRecord: a document cannot be read; those before it are rewritten.
    """
    collection = database.collection(records.collection)
    rewritten = 0
    with translated():
        for document in collection.find({"schema_version": {"$lt": records.schema_version}}):
            unchanged = {name: {"$eq": value} for name, value in document.items()}
            following = records.write(records.read(document))
            beside = (OUTBOX, UNREADABLE, *records.attached)
            following |= {name: document[name] for name in beside if name in document}
            rewritten += collection.replace_one(unchanged, following).matched_count
    return rewritten
