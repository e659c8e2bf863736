"""What sellers owe, and what they are due and have not got."""

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import Balance
from koda.domain.model.books.seller_balances import seller_balances
from koda.domain.model.books.statements import Position
from koda.domain.model.identifiers import UserId

ADA, EVE, CYD = UserId("user_ada"), UserId("user_eve"), UserId("user_cyd")


def balance(kind: AccountKind, minor: int, of: UserId | None, currency: str = "EUR") -> Balance:
    """What is left in an account."""
    return Balance(Account(kind, of), currency, max(minor, 0), max(-minor, 0))


def test_who_owes_most_comes_first_in_each_currency() -> None:
    """What is due and held is credited, so that it is negative in the books."""
    sellers = seller_balances(
        [
            balance(AccountKind.PAYABLE, -300, ADA),
            balance(AccountKind.HELD, -200, ADA),
            balance(AccountKind.DEBTS, 500, EVE),
            balance(AccountKind.DEBTS, 100, EVE, "CHF"),
        ]
    )

    assert [(of.seller_id, of.currency, of.position) for of in sellers] == [
        (EVE, "CHF", Position(debt=100)),
        (EVE, "EUR", Position(debt=500)),
        (ADA, "EUR", Position(due=300, held=200)),
    ]


def test_who_is_even_is_left_out() -> None:
    """The marketplace's fees of a seller are not theirs, and other accounts are of nobody."""
    assert not seller_balances(
        [
            balance(AccountKind.REVENUE, -300, CYD),
            balance(AccountKind.PAYABLE, 0, ADA),
            balance(AccountKind.PROVIDER, 300, None),
        ]
    )
