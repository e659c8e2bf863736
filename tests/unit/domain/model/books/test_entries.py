import pytest
from attrs import evolve
from hypothesis import given

from koda.domain.model.books.accounts import OF_SELLERS, Account, AccountKind
from koda.domain.model.books.balances import Balance, summed, turnover
from koda.domain.model.books.entries import EVERYTHING, Entry, Posting, unknown
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import AlreadyExists, InvalidValue
from koda.domain.model.identifiers import UserId
from koda.testing.examples import NOON, an_entry
from koda.testing.journal_strategies import accounts, entries

PROVIDER, LOSSES = Account(AccountKind.PROVIDER), Account(AccountKind.LOSSES)
ADA = UserId("user_ada")


@given(accounts())
def test_account_is_found_by_its_name(account: Account) -> None:
    """Whoever the seller is."""
    assert Account.named(account.name) == account


@pytest.mark.parametrize("kind", AccountKind)
def test_account_names_a_seller_if_each_has_one(kind: AccountKind) -> None:
    """And never otherwise."""
    seller = None if kind in OF_SELLERS else ADA
    with pytest.raises(InvalidValue, match="must name a seller"):
        Account(kind, seller)


@pytest.mark.parametrize("name", ["", "cash", "payable", "payable:", "payable:two words"])
def test_account_that_is_not_in_the_chart_is_refused(name: str) -> None:
    """A store that holds such a name is damaged."""
    with pytest.raises(InvalidValue):
        Account.named(name)


@pytest.mark.parametrize(
    ("postings", "problem"),
    [
        ((), "at least two"),
        ((Posting(PROVIDER, 0),), "at least two"),
        ((Posting(PROVIDER, 5), Posting(LOSSES, -4)), "sum to zero"),
        ((Posting(PROVIDER, 5), Posting(PROVIDER, -5)), "one for each account"),
    ],
)
def test_entry_that_does_not_balance_is_refused(
    postings: tuple[Posting, ...], problem: str
) -> None:
    """Whoever makes it."""
    with pytest.raises(InvalidValue, match=problem):
        an_entry(postings=postings)


def test_entry_stands_in_the_lists_of_all_that_it_is_about() -> None:
    """Its accounts, their sellers, its order, and all."""
    assert an_entry().labels == (
        EVERYTHING,
        "account:payable:user_ada",
        "account:provider",
        "account:revenue:user_ada",
        "seller:user_ada",
        "order:ord_1",
        "cause:charge",
    )


def test_entry_stands_in_the_list_of_a_seller_whose_accounts_it_leaves_alone() -> None:
    """As a refund that the marketplace bears does."""
    postings = (Posting(LOSSES, 5), Posting(PROVIDER, -5))

    assert EntryQuery.of_seller(ADA).lists(an_entry(postings=postings, seller_id=ADA))
    assert not EntryQuery.of_seller(ADA).lists(an_entry(postings=postings))


def test_entry_changes_no_account_that_it_does_not_name() -> None:
    """By nothing."""
    assert an_entry().change_of(LOSSES) == 0


@given(entries())
def test_what_entries_turn_over_balances(entry: Entry) -> None:
    """Debits and credits are equal, and none is negative."""
    totals = turnover([entry, evolve(entry, key="another")])

    assert sum(total.minor for total in totals) == 0
    assert all(total.debit >= 0 <= total.credit for total in totals)
    assert {total.account: total.minor for total in totals} == {
        posting.account: 2 * posting.minor for posting in entry.postings
    }


def test_balances_are_summed_by_account_and_currency() -> None:
    """Sorted by both; what was before a period is taken away."""
    euros, yen = Balance(PROVIDER, "EUR", 5, 3), Balance(PROVIDER, "JPY", 7)
    losses = Balance(LOSSES, "EUR", 1)

    assert summed([yen, euros, losses, euros]) == (losses, euros + euros, yen)
    assert summed([euros, -euros]) == (Balance(PROVIDER, "EUR"),)
    assert Balance.of(LOSSES, "JPY", [yen, euros, losses]) == Balance(LOSSES, "JPY")


def test_what_is_kept_already_is_not_new() -> None:
    """Whenever it occurred; what says something else is refused."""
    entry, new = an_entry(), an_entry("pi_2")
    again = evolve(entry, occurred_at=NOON.replace(hour=13))

    assert unknown([again, new, new], {entry.key: entry}) == (new,)
    for other in (evolve(entry, line=1), evolve(entry, currency="USD")):
        with pytest.raises(AlreadyExists):
            unknown([new, other], {entry.key: entry})
