"""What MongoDB keeps of the catalogue's index beside its entries: how many each label has."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from pymongo import UpdateMany
from pymongo.errors import BulkWriteError

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.index_labels import ALL, LAST
from koda.adapters.mongo.indexes import NEWEST, OF_FORM, ON_SALE
from koda.adapters.mongo.label_records import BuildRecord, LabelRecord
from koda.adapters.mongo.records import Records, writable
from koda.domain.model.errors import AlreadyExists, InvalidValue, StaleWrite, Unavailable
from koda.domain.search.corrections import forms_of
from koda.domain.search.labels import is_word

LABELS = Records("index label", "index_labels", LabelRecord)
BUILDS = Records("index build", "index_builds", BuildRecord)
_LOOKS = 50
"""How often it is looked whether a write has ended, or whether nobody wrote."""

logger: logging.Logger = logging.getLogger("koda.store")


@contextmanager
def counted(database: Database, gone: frozenset[str], come: frozenset[str]) -> Iterator[None]:
    """Count the labels of an entry that is written meanwhile, which had others before.

    While the index is written anew, it is told before that their counts will change, so that nobody
    who counts them again counts the entry twice. The write is not taken back: where this is cut off
    behind it, the counts (and the words that they are of) are wrong by that entry until the index
    is written anew, which the log tells; entries never are.
    """
    gone, come = _with_all(gone), _with_all(come)
    gone, come = gone - come, come - gone
    told = bool(gone | come) and _is_written_anew(database)
    if told:
        know(database, come)
        _update(database, {gone | come: {"begun": 1}})
    try:
        yield
    except (AlreadyExists, InvalidValue, StaleWrite):
        if told:
            with suppress(Unavailable):
                _update(database, {gone | come: {"ended": 1}})
        raise
    ended = {"ended": 1} if told else {"begun": 1, "ended": 1}
    try:
        if not told:
            know(database, come)
        _update(database, {come: {"entries": 1, **ended}, gone: {"entries": -1, **ended}})
    except Unavailable:
        logger.warning("the labels of an entry of the catalogue's index were not counted")


def _is_written_anew(database: Database) -> bool:
    with translated():
        wanted = {"build.target": {"$ne": None}}
        return database.collection(BUILDS.collection).find_one(wanted, {"_id": 1}) is not None


def know(database: Database, labels: frozenset[str]) -> None:
    """Keep labels that are not kept yet, of no entry."""
    if not labels:
        return
    collection = database.collection(LABELS.collection)
    with translated(), suppress(BulkWriteError):  # somebody else kept the same one
        known = {
            row["_id"] for row in collection.find({"_id": {"$in": sorted(labels)}}, {"_id": 1})
        }
        if labels - known:
            collection.insert_many(map(_new, sorted(labels - known)), ordered=False)


def know_all(database: Database, labels: frozenset[str]) -> None:
    """Keep the labels of an entry that are not kept yet, and the one under which all are."""
    know(database, _with_all(labels))


def _update(database: Database, changes: Mapping[frozenset[str], Mapping[str, int]]) -> None:
    """Raise numbers of labels, in one trip."""
    steps = [
        UpdateMany({"_id": {"$in": sorted(labels)}}, {"$inc": numbers})
        for labels, numbers in changes.items()
        if labels
    ]
    if steps:
        with translated():
            database.collection(LABELS.collection).bulk_write(steps, ordered=False)


def recount(database: Database, after: str, limit: int) -> list[str]:
    """Count the entries of the next labels behind one again; return them, at most `limit`."""
    collection = database.collection(LABELS.collection)
    with translated():
        rows = list(collection.find({"_id": {"$gt": after}}, sort=(("_id", 1),), limit=limit))
        for row in rows:
            _recount(database, row)
    return [row["_id"] for row in rows]


def _recount(database: Database, row: Document) -> None:
    """Count the entries of a label while nobody writes one that has it.

    A write that has begun and has not ended long after was cut off, and is taken as ended. Where
    there is always another one, the count is left to those who write.
    """
    collection, first = database.collection(LABELS.collection), row
    for _ in range(_LOOKS):
        if row["begun"] == row["ended"] and _count(database, row):
            return
        row = collection.find_one({"_id": row["_id"]}) or row
    if row["begun"] != row["ended"] and _turn(row) == _turn(first):
        _count(database, row)


def _count(database: Database, row: Document) -> bool:
    """Count the entries of a label; false if one was written meanwhile."""
    wanted = {**ON_SALE, "keys.labels": row["_id"]}
    entries = database.collection("automations").count_documents(wanted, hint=NEWEST)
    counts = {"entries": entries, "ended": row["begun"]}
    written = database.collection(LABELS.collection).update_one(_turn(row), {"$set": counts})
    return bool(written.matched_count)


def _turn(row: Document) -> Document:
    """What a label is found by unless its count was changed since."""
    return {name: row[name] for name in ("_id", "begun", "ended")}


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


def _with_all(labels: frozenset[str]) -> frozenset[str]:
    return labels | {ALL} if labels else labels


def _new(label: str) -> Document:
    forms = tuple(sorted(forms_of(label))) if is_word(label) else ()
    return LABELS.write(LabelRecord(label, forms=forms))
