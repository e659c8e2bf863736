"""Writing the catalogue's index in MongoDB anew: the entries first, then the counts of labels."""

from contextlib import suppress

from koda.adapters.mongo import index_labels, index_records
from koda.adapters.mongo.automations import RECORDS as AUTOMATIONS
from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.index_records import BUILDS
from koda.adapters.mongo.label_records import BuildRecord
from koda.adapters.mongo.records import Collection
from koda.domain.model.errors import StaleWrite
from koda.domain.model.records import readable
from koda.domain.search.builds import BuildStep, IndexBuild
from koda.ports.index_builder import IndexBuilder

_CATALOGUE = "catalogue"
_ENTRY, _LABEL = "entry ", "label "
"""What a place begins with; behind it stands the id or the label that was the last one."""


class MongoIndexBuilder(IndexBuilder):
    """Writes the entries of a MongoDB database anew, by id, and counts their labels again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._builds = Collection(database, BUILDS)

    def build(self) -> IndexBuild:
        record = self._builds.find({"_id": _CATALOGUE})
        return record.build if record else IndexBuild()

    def keep(self, build: IndexBuild) -> None:
        document = BUILDS.write(BuildRecord(_CATALOGUE, build))
        with translated():
            self._database.collection(BUILDS.collection).replace_one(
                {"_id": _CATALOGUE}, document, upsert=True
            )

    def step(self, place: str, limit: int) -> BuildStep:
        if place.startswith(_LABEL):
            labels = index_records.recount(self._database, place.removeprefix(_LABEL), limit)
            return BuildStep(_LABEL + labels[-1] if len(labels) == limit else None, 0)
        rows = self._next(place.removeprefix(_ENTRY), limit)
        for row in rows:
            self._write(row)
        return BuildStep(_ENTRY + rows[-1]["_id"] if len(rows) == limit else _LABEL, len(rows))

    def automations(self) -> int:
        with translated():
            return self._database.collection(AUTOMATIONS.collection).estimated_document_count()

    def _next(self, after: str, limit: int) -> list[Document]:
        collection = self._database.collection(AUTOMATIONS.collection)
        with translated():
            return list(collection.find({"_id": {"$gt": after}}, sort=(("_id", 1),), limit=limit))

    def _write(self, row: Document) -> None:
        """Give a document the keys of its fields, unless somebody saved it meanwhile."""
        for automation in readable(AUTOMATIONS.read, (row,)):
            keys = AUTOMATIONS.keys(automation)
            before, after = (index_labels.labels_in(of) for of in (row.get("keys"), keys))
            index_records.know_all(self._database, after)
            if row.get("keys") == keys:
                continue
            unchanged = {"_id": row["_id"], "revision": row["revision"], "keys": row.get("keys")}
            with suppress(StaleWrite), index_records.counted(self._database, before, after):
                self._replace(unchanged, keys)

    def _replace(self, unchanged: Document, keys: Document) -> None:
        """Write keys; raises `StaleWrite` if somebody saved the automation meanwhile."""
        collection = self._database.collection(AUTOMATIONS.collection)
        with translated():
            written = collection.update_one(unchanged, {"$set": {"keys": keys}})
        if not written.matched_count:
            raise StaleWrite(AUTOMATIONS.kind, unchanged["_id"])
