"""The totals of each day of the journal in MongoDB, derived from its entries."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from pymongo.collection import Collection as PymongoCollection
from pymongo.errors import DuplicateKeyError

from koda.adapters.mongo.database import Database, Document, translated
from koda.adapters.mongo.day_records import DayRecord
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.indexes import OF_DAY
from koda.adapters.mongo.records import Collection, Records
from koda.domain.model.books.balances import Balance, turnover
from koda.domain.model.books.entries import Entry

RECORDS = Records("journal day", "journal_days", DayRecord)
_NEW: Document = {"totals": [], "keys": {}, "schema_version": RECORDS.schema_version}
_NEVER = -1
"""What `counted` is before the first sum."""


def day_of(moment: datetime) -> str:
    """The day (UTC) of a time."""
    return moment.date().isoformat()


class JournalDays:
    """The totals of days, kept beside the entries and summed anew when they are outdated."""

    def __init__(self, database: Database, entries: Collection[Entry]) -> None:
        self._database = database
        self._entries = entries
        self._days = Collection(database, RECORDS)

    def outdate(self, moments: Iterable[datetime]) -> None:
        """Note that entries of these times were added; called after they are kept.

        A sum of a day that is made at the same time is then outdated, too.
        """
        days = sorted(set(map(day_of, moments)))
        with translated():
            self._collection.update_many({"_id": {"$in": days}}, {"$inc": {"changes": 1}})

    def totals(self, before: datetime) -> Iterator[Balance]:
        """The totals of each day before that of a time."""
        earlier = {"$lt": day_of(before)}
        known = {day.day: day for day in map(RECORDS.read, self._days.select({"_id": earlier}))}
        for name in self._names({"keys.day": earlier}):
            day = known.get(name)
            yield from day.totals if day is not None and day.current else self._sum(name)

    def rebuild(self) -> int:
        """Sum every day anew; return how many there are."""
        names = self._names({})
        for name in names:
            self._sum(name)
        return len(names)

    def _names(self, wanted: Document) -> list[str]:
        """The days that have entries."""
        entries = self._database.collection(self._entries.records.collection)
        with translated():
            return sorted(entries.distinct("keys.day", wanted))

    def _sum(self, name: str) -> tuple[Balance, ...]:
        """The totals of a day, kept with what `changes` was before its entries were read."""
        changes = self._changes(name)
        rows = self._entries.select({"keys.day": name}, index=OF_DAY)
        totals = turnover(map(self._entries.records.read, rows))
        written = [documents().write(total) for total in totals]
        with translated():
            self._collection.update_one(
                {"_id": name}, {"$set": {"counted": changes, "totals": written}}
            )
        return totals

    def _changes(self, name: str) -> int:
        """How often entries of a day were added since its document was made, which is now or was.

        It is made before its entries are read, so that what is added from then on is noted.
        """
        first = {"$setOnInsert": {**_NEW, "changes": 0, "counted": _NEVER}}
        with translated(), suppress(DuplicateKeyError):
            self._collection.update_one({"_id": name}, first, upsert=True)
        return self._days.get(name).changes

    @property
    def _collection(self) -> PymongoCollection[Document]:
        return self._database.collection(RECORDS.collection)
