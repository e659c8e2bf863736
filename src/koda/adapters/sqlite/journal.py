"""The journal in SQLite."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, bounds, insert, listed, select
from koda.domain.model.books.accounts import Account
from koda.domain.model.books.balances import Balance, summed, turnover
from koda.domain.model.books.entries import EVERYTHING, Entry, unknown
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.timestamps import to_milliseconds
from koda.ports.journal import Journal

_SOME = "SELECT id, document FROM journal WHERE id IN (SELECT value FROM json_each(?))"
_ADD = "INSERT INTO journal (id, occurred, document) VALUES (:id, :occurred, :document)"
_LABEL = "INSERT INTO journal_labels (label, occurred, id) VALUES (?, ?, ?)"
_COUNT = """
INSERT INTO journal_totals (account, currency, day, debit, credit) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit
"""
LISTED = """
SELECT journal.id, document, journal.occurred
FROM journal_labels AS labels JOIN journal ON journal.id = labels.id
WHERE label = ? AND labels.occurred >= ? AND labels.occurred < ?
    AND (labels.occurred, labels.id) > (?, ?)
ORDER BY labels.occurred, labels.id LIMIT ?
"""
TOTALS = """
SELECT account, currency, sum(debit), sum(credit) FROM journal_totals
WHERE day < ? GROUP BY account, currency
"""
OF_ACCOUNT = """
SELECT account, currency, sum(debit), sum(credit) FROM journal_totals
WHERE account = ? AND currency = ? AND day < ? GROUP BY account, currency
"""
_ALL = "SELECT id, document FROM journal"
_CLEAR = "DELETE FROM journal_totals"
_DAYS = "SELECT count(DISTINCT day) FROM journal_totals"
_LOWEST = (-(2**63), "")
"""A place that every row is behind."""
_NO_LIMIT = -1


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.key,
        "occurred": to_milliseconds(entry.occurred_at),
        "document": documents().write(entry),
    }


RECORDS = Records("entry", Entry, _row)


class SqliteJournal(Journal):
    """All entries of an SQLite file; the day totals change in the transaction that adds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entries: Sequence[Entry]) -> None:
        with self._database.write() as connection:
            rows = select(connection, _SOME, (listed(entry.key for entry in entries),))
            for entry in unknown(entries, {row[0]: RECORDS.read(row) for row in rows}):
                insert(connection, _ADD, entry, RECORDS)
                occurred = to_milliseconds(entry.occurred_at)
                labels = [(label, occurred, entry.key) for label in entry.labels]
                connection.executemany(_LABEL, labels)
                _count(connection, entry)

    def entries(self, query: EntryQuery, limit: int, after: Cursor | None = None) -> Page[Entry]:
        with self._database.read() as connection:
            rows = _select(connection, query, limit + 1, after)
        entries = tuple(map(RECORDS.read, rows[:limit]))
        return Page(entries, entries[-1].place if len(rows) > limit else None)

    def balances(self, before: datetime) -> tuple[Balance, ...]:
        with self._database.read() as connection:
            totals = select(connection, TOTALS, (_day(before),))
            of_day = _of_day(connection, EVERYTHING, before)
        return summed((*map(_balance, totals), *of_day))

    def balance(self, account: Account, currency: str, before: datetime) -> Balance:
        label = EntryQuery.of_account(account).label
        with self._database.read() as connection:
            totals = select(connection, OF_ACCOUNT, (account.name, currency, _day(before)))
            of_day = _of_day(connection, label, before)
        return Balance.of(account, currency, (*map(_balance, totals), *of_day))

    def rebuild_totals(self) -> int:
        with self._database.write() as connection:
            connection.execute(_CLEAR)
            for row in connection.execute(_ALL):
                _count(connection, RECORDS.read(row))
            return int(select(connection, _DAYS, ())[0][0])


def _select(
    connection: sqlite3.Connection, query: EntryQuery, limit: int, after: Cursor | None
) -> list[Any]:
    place = _LOWEST if after is None else (after.value, after.id)
    within = bounds(query.since, query.until)
    return select(connection, LISTED, (query.label, *within, *place, limit))


def _of_day(connection: sqlite3.Connection, label: str, before: datetime) -> Iterable[Balance]:
    """What occurred on the day of a time, before that time."""
    rows = _select(connection, EntryQuery(label).day_until(before), _NO_LIMIT, None)
    return turnover(map(RECORDS.read, rows))


def _count(connection: sqlite3.Connection, entry: Entry) -> None:
    """Add an entry to the totals of its day."""
    day = _day(entry.occurred_at)
    rows = [
        (total.account.name, total.currency, day, total.debit, total.credit)
        for total in turnover([entry])
    ]
    connection.executemany(_COUNT, rows)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _balance(row: tuple[str, str, int, int]) -> Balance:
    name, currency, debit, credit = row
    try:
        return Balance(Account.named(name), currency, debit, credit)
    except ValueError as error:
        raise CorruptRecord("total", name, str(error)) from error
