"""What MongoDB keeps of the catalogue's index beside its entries: how many each label has."""

import logging
from collections.abc import Iterable
from contextlib import suppress

from pymongo.errors import BulkWriteError

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.index_labels import ALL, LAST
from koda.adapters.mongo.indexes import NEWEST, OF_FORM, ON_SALE
from koda.adapters.mongo.label_records import BuildRecord, LabelRecord
from koda.adapters.mongo.records import Records, writable
from koda.domain.model.errors import Unavailable
from koda.domain.search.corrections import forms_of
from koda.domain.search.labels import is_word

LABELS = Records("index label", "index_labels", LabelRecord)
BUILDS = Records("index build", "index_builds", BuildRecord)

logger: logging.Logger = logging.getLogger("koda.store")


def follow(database: Database, gone: frozenset[str], come: frozenset[str]) -> None:
    """Count the labels of an entry that was written, which had others before.

    The entry is kept by then and its write is not taken back. Where this is cut off, the counts
    (and the words that they are of) are wrong by that entry until the index is written anew, which
    the log tells; entries never are.
    """
    gone, come = _counted(gone), _counted(come)
    try:
        know(database, come - gone)
        _count(database, come - gone, 1)
        _count(database, gone - come, -1)
    except Unavailable:
        logger.warning("the labels of an entry of the catalogue's index were not counted")


def know(database: Database, labels: frozenset[str]) -> None:
    """Keep labels that are not kept yet, of no entry."""
    collection = database.collection(LABELS.collection)
    with translated(), suppress(BulkWriteError):  # somebody else kept the same one
        known = {
            row["_id"] for row in collection.find({"_id": {"$in": sorted(labels)}}, {"_id": 1})
        }
        if labels - known:
            collection.insert_many(map(_new, sorted(labels - known)), ordered=False)


def _count(database: Database, labels: frozenset[str], change: int) -> None:
    if labels:
        with translated():
            database.collection(LABELS.collection).update_many(
                {"_id": {"$in": sorted(labels)}}, {"$inc": {"entries": change}}
            )


def recount(database: Database, after: str, limit: int) -> list[str]:
    """Count the entries of the next labels behind one again; return them, at most `limit`."""
    collection = database.collection(LABELS.collection)
    entries = database.collection("automations")
    with translated():
        rows = list(collection.find({"_id": {"$gt": after}}, sort=(("_id", 1),), limit=limit))
        for row in rows:
            wanted = {**ON_SALE, "keys.labels": row["_id"]}
            missing = entries.count_documents(wanted, hint=NEWEST) - row["entries"]
            if missing:
                collection.update_one({"_id": row["_id"]}, {"$inc": {"entries": missing}})
    return [row["_id"] for row in rows]


def frequencies(database: Database, labels: Iterable[str]) -> dict[str, int]:
    """In how many entries each label is; those in none are missing."""
    asked = writable(set(labels))
    return _counts(database, {"_id": {"$in": asked}}) if asked else {}


def beginning_with(database: Database, text: str, most: int) -> dict[str, int]:
    """The first labels by their code points that begin so."""
    wanted = {"_id": {"$gte": text, "$lt": text + LAST}}
    return _counts(database, wanted, order=(("_id", 1),), limit=most)


def near(database: Database, forms: Iterable[int]) -> dict[str, int]:
    """The words that have one of these forms."""
    asked = list(forms)
    return _counts(database, {"forms": {"$in": asked}}, index=OF_FORM) if asked else {}


def _counts(
    database: Database,
    wanted: Document,
    order: tuple[tuple[str, int], ...] = (),
    limit: int = 0,
    index: str | None = None,
) -> dict[str, int]:
    collection = database.collection(LABELS.collection)
    in_some = {**wanted, "entries": {"$gt": 0}}
    with translated():
        try:
            rows = collection.find(in_some, {"entries": 1}, sort=order or None, limit=limit)
            return {row["_id"]: row["entries"] for row in (rows.hint(index) if index else rows)}
        except UNWRITABLE:
            return {}


def _counted(labels: frozenset[str]) -> frozenset[str]:
    return labels | {ALL} if labels else labels


def _new(label: str) -> Document:
    forms = tuple(sorted(forms_of(label))) if is_word(label) else ()
    return LABELS.write(LabelRecord(label, 0, forms))
