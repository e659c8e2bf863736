"""How every seller stands with the marketplace, as the trial balance has it."""

from collections.abc import Iterable

from attrs import frozen

from koda.domain.model.books.accounts import AccountKind
from koda.domain.model.books.balances import Balance
from koda.domain.model.books.statements import Position
from koda.domain.model.identifiers import UserId


@frozen
class SellerBalance:
    """How a seller stands in one currency."""

    seller_id: UserId
    currency: str
    position: Position


def seller_balances(balances: Iterable[Balance]) -> tuple[SellerBalance, ...]:
    """Those who owe something, or are due something that has not moved, by currency.

    Who owes most comes first, then from whom most is held, then who is due most.
    """
    positions: dict[tuple[UserId, str], Position] = {}
    for balance in balances:
        seller_id = balance.account.seller_id
        if seller_id is not None:
            of = seller_id, balance.currency
            positions[of] = positions.get(of, Position()) + _position(balance)
    standing = (SellerBalance(*of, position) for of, position in positions.items())
    return tuple(
        sorted((seller for seller in standing if seller.position != Position()), key=_place)
    )


def _position(balance: Balance) -> Position:
    match balance.account.kind:
        case AccountKind.PAYABLE:
            return Position(due=-balance.minor)
        case AccountKind.HELD:
            return Position(held=-balance.minor)
        case AccountKind.DEBTS:
            return Position(debt=balance.minor)
        case _:
            return Position()


def _place(of: SellerBalance) -> tuple[str, int, int, int, UserId]:
    position = of.position
    return of.currency, -position.debt, -position.held, -position.due, of.seller_id
