from collections.abc import Mapping, Sequence

import pytest
from attrs import frozen

from koda.adapters.mongo.database import Database, Document
from koda.adapters.mongo.journal import RECORDS, MongoJournal
from koda.adapters.mongo.journal_days import JournalDays
from koda.adapters.mongo.records import Collection
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Entry
from koda.domain.model.errors import AlreadyExists
from koda.testing.examples import NOON, an_entry

TOMORROW = NOON.replace(day=2)
PROVIDER = Account(AccountKind.PROVIDER)
TOTAL = an_entry().change_of(PROVIDER)


def provider(journal: MongoJournal) -> int:
    """The balance at the provider."""
    return journal.balance(PROVIDER, "EUR", TOMORROW).minor


def test_balances_come_from_totals_which_can_be_rebuilt(database: Database) -> None:
    """No entry of a day that is over is read."""
    journal = MongoJournal(database)
    journal.add([an_entry()])
    assert provider(journal) == TOTAL
    database.collection("journal_days").update_one({}, {"$set": {"totals": []}})

    assert provider(journal) == 0
    assert journal.rebuild_totals() == 1
    assert provider(journal) == TOTAL


def test_totals_count_what_was_kept_before_a_call_was_cut_off(database: Database) -> None:
    """The caller that got no answer calls again, and what it kept is counted then."""
    journal = MongoJournal(database)
    journal.add([an_entry()])
    assert provider(journal) == TOTAL
    Collection(database, RECORDS).add(an_entry("pi_2"))
    journal.add([an_entry("pi_2")])

    assert provider(journal) == 2 * TOTAL


class Overtaken(MongoJournal):
    """Another caller adds `others` after this one looked what is kept."""

    others: Sequence[Entry] = ()

    def _kept(self, entries: Sequence[Entry]) -> Mapping[str, Entry]:
        kept = super()._kept(entries)
        others, self.others = self.others, ()
        if others:
            self._collection.add_each(others, [()] * len(others))
        return kept


def test_of_two_that_add_the_same_at_once_both_are_done(database: Database) -> None:
    """Each entry is kept once."""
    journal = Overtaken(database)
    journal.others = [an_entry()]
    journal.add([an_entry(), an_entry("pi_2")])

    assert provider(journal) == 2 * TOTAL


def test_of_two_that_disagree_at_once_the_later_is_refused(database: Database) -> None:
    """What else it added is kept, and counted."""
    journal = Overtaken(database)
    assert provider(journal) == 0
    journal.others = [an_entry(line=7)]

    with pytest.raises(AlreadyExists):
        journal.add([an_entry(), an_entry("pi_2")])
    assert provider(journal) == 2 * TOTAL


@frozen
class Growing(Collection[Entry]):
    """Somebody adds an entry of a day while it is summed."""

    def select(
        self,
        wanted: Mapping[str, object],
        order: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        index: str | None = None,
    ) -> list[Document]:
        """Return what was there, and add another."""
        rows = super().select(wanted, order, limit, index)
        if len(rows) == 1:
            MongoJournal(self.database).add([an_entry("pi_2")])
        return rows


def test_totals_of_a_day_that_changed_meanwhile_are_summed_again(database: Database) -> None:
    """The next reader finds them outdated."""
    MongoJournal(database).add([an_entry()])
    days = JournalDays(database, Growing(database, RECORDS))

    for count in (1, 2):
        sums = {total.account: total.minor for total in days.totals(TOMORROW)}
        assert sums[PROVIDER] == count * TOTAL
    assert provider(MongoJournal(database)) == 2 * TOTAL
