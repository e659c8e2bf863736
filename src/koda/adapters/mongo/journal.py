"""The journal in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.indexes import LISTED
from koda.adapters.mongo.journal_days import JournalDays, day_of
from koda.adapters.mongo.keyset import behind, within
from koda.adapters.mongo.records import Collection, Records
from koda.domain.model.books.accounts import Account
from koda.domain.model.books.balances import Balance, summed, turnover
from koda.domain.model.books.entries import EVERYTHING, Entry, unknown
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.journal import Journal

OLDEST = (("keys.occurred", 1), ("_id", 1))


def keys_of(entry: Entry) -> Document:
    """The lists that an entry stands in, its place in them, and its day (UTC)."""
    return {
        "labels": list(entry.labels),
        "occurred": to_milliseconds(entry.occurred_at),
        "day": day_of(entry.occurred_at),
    }


RECORDS = Records("entry", "journal", Entry, keys_of)


class MongoJournal(Journal):
    """All entries of a MongoDB database, a document each.

    The totals of a day are a document of their own, which is summed anew by the first who reads it
    after an entry of that day was added.
    """

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)
        self._days = JournalDays(database, self._collection)

    def add(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        kept = self._kept(entries)
        new = unknown(entries, kept)
        if new and self._collection.add_each(new, [()] * len(new)):
            kept = self._kept(entries)
        self._days.outdate(entry.occurred_at for entry in (*kept.values(), *new))
        # Of two callers at once, the second may have found its key taken by another entry.
        unknown(entries, kept)

    def entries(self, query: EntryQuery, limit: int, after: Cursor | None = None) -> Page[Entry]:
        entries = self._select(query, limit + 1, after)
        more = entries[limit - 1].place if len(entries) > limit else None
        return Page(entries[:limit], more)

    def balances(self, before: datetime) -> tuple[Balance, ...]:
        return summed((*self._days.totals(before), *self._of_day(before, EVERYTHING)))

    def balance(self, account: Account, currency: str, before: datetime) -> Balance:
        of_day = self._of_day(before, EntryQuery.of_account(account).label)
        return Balance.of(account, currency, (*self._days.totals(before), *of_day))

    def rebuild_totals(self) -> int:
        return self._days.rebuild()

    def _kept(self, entries: Sequence[Entry]) -> Mapping[str, Entry]:
        """Those that are kept under the keys of `entries`."""
        rows = self._collection.select({"_id": {"$in": [entry.key for entry in entries]}})
        return {entry.key: entry for entry in map(RECORDS.read, rows)}

    def _of_day(self, before: datetime, label: str) -> tuple[Balance, ...]:
        """What occurred on the day of a time, before that time."""
        return turnover(self._select(EntryQuery(label).day_until(before)))

    def _select(
        self, query: EntryQuery, limit: int = 0, after: Cursor | None = None
    ) -> tuple[Entry, ...]:
        wanted = {**asked(query), **behind("keys.occurred", after, descending=False)}
        rows = self._collection.select(wanted, OLDEST, limit, LISTED)
        return tuple(map(RECORDS.read, rows))


def asked(query: EntryQuery) -> Document:
    """The conditions on the entries that a query asks for."""
    return {"keys.labels": query.label, **within("keys.occurred", query.since, query.until)}
