import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.journal import SqliteJournal
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.errors import CorruptRecord
from koda.testing.examples import NOON, an_entry

TOMORROW = NOON.replace(day=2)
DOUBLE = "UPDATE journal_totals SET debit = 2 * debit, credit = 2 * credit"
RENAME = "UPDATE journal_totals SET account = 'cash' WHERE account = 'provider'"


def journal(database: Database, damage: str) -> SqliteJournal:
    """A journal with one entry, whose totals somebody has damaged."""
    kept = SqliteJournal(database)
    kept.add([an_entry()])
    with database.write() as connection:
        connection.execute(damage)
    return kept


def test_balances_come_from_totals_which_can_be_rebuilt(database: Database) -> None:
    """No entry of a day that is over is read."""
    kept = journal(database, DOUBLE)
    provider = Account(AccountKind.PROVIDER)
    assert kept.balance(provider, "EUR", TOMORROW).minor == 2 * an_entry().change_of(provider)
    kept.rebuild_totals()

    assert kept.balance(provider, "EUR", TOMORROW).minor == an_entry().change_of(provider)


def test_a_total_of_an_unknown_account_is_corrupt(database: Database) -> None:
    """Rather than left out of a trial balance."""
    with pytest.raises(CorruptRecord, match="chart of accounts"):
        journal(database, RENAME).balances(TOMORROW)
