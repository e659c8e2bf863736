"""The journal in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from threading import Lock

from koda.adapters.memory.collection import cut
from koda.domain.model.books.accounts import Account
from koda.domain.model.books.balances import Balance, summed, turnover
from koda.domain.model.books.entries import EVERYTHING, Entry, unknown
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.paging import Cursor, Page
from koda.ports.journal import Journal


class MemoryJournal(Journal):
    """All entries of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[str, Entry] = {}
        self._lists: defaultdict[str, list[Entry]] = defaultdict(list)
        self._days: dict[date, tuple[Balance, ...]] = {}

    def add(self, entries: Sequence[Entry]) -> None:
        with self._lock:
            for entry in unknown(entries, self._entries):
                self._entries[entry.key] = entry
                for label in entry.labels:
                    self._lists[label].append(entry)
                self._count(entry)

    def entries(self, query: EntryQuery, limit: int, after: Cursor | None = None) -> Page[Entry]:
        with self._lock:
            listed = tuple(self._lists.get(query.label, ()))
        items = filter(query.lists, listed)
        return Page(*cut(items, lambda entry: entry.place, limit, after, descending=False))

    def balances(self, before: datetime) -> tuple[Balance, ...]:
        with self._lock:
            return summed((*self._totals(before.date()), *self._of_day(before, EVERYTHING)))

    def balance(self, account: Account, currency: str, before: datetime) -> Balance:
        with self._lock:
            of_day = self._of_day(before, EntryQuery.of_account(account).label)
            return Balance.of(account, currency, (*self._totals(before.date()), *of_day))

    def rebuild_totals(self) -> int:
        with self._lock:
            self._days.clear()
            for entry in self._entries.values():
                self._count(entry)
            return len(self._days)

    def _count(self, entry: Entry) -> None:
        day = entry.occurred_at.date()
        self._days[day] = summed((*self._days.get(day, ()), *turnover([entry])))

    def _totals(self, until: date) -> Iterator[Balance]:
        """The totals of the days before `until`."""
        for day, totals in self._days.items():
            if day < until:
                yield from totals

    def _of_day(self, before: datetime, label: str) -> Iterable[Balance]:
        """What occurred on the day of a time, before that time."""
        asked = EntryQuery(label).day_until(before)
        return turnover(filter(asked.lists, self._lists.get(label, ())))
