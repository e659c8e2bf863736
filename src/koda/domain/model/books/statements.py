"""What the books say to people: statements of sellers, the marketplace's revenue."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import Balance
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import LOSSES
from koda.domain.model.identifiers import UserId
from koda.domain.model.periods import Period


@frozen
class Position:
    """How a seller stands with the marketplace, in signed minor units.

    `due` is what they have still to get, `held` what they cannot get now, `debt` what they owe.
    """

    due: int = 0
    held: int = 0
    debt: int = 0

    @property
    def balance(self) -> int:
        """What the marketplace owes the seller in all."""
        return self.due + self.held - self.debt

    def __add__(self, other: "Position") -> "Position":
        return Position(self.due + other.due, self.held + other.held, self.debt + other.debt)


@frozen
class StatementLine:
    """One entry as a seller sees it: how it changed their position, and how they stand after it.

    `fee` is what the marketplace took, negative for what it gave back.
    """

    entry: Entry
    change: Position
    fee: int
    after: Position

    @property
    def gross(self) -> int:
        """The change with the fee: the price of a sale."""
        return self.change.balance + self.fee


@frozen
class Statement:
    """A seller's account in one currency, over a period."""

    seller_id: UserId
    period: Period
    currency: str
    opening: Position
    lines: tuple[StatementLine, ...]

    @classmethod
    def of(
        cls,
        seller_id: UserId,
        period: Period,
        currency: str,
        opening: Position,
        entries: Iterable[Entry],
    ) -> "Statement":
        """The statement of what `entries`, in their order, did after `opening`."""
        lines = tuple(_lines(seller_id, opening, entries))
        return cls(seller_id, period, currency, opening, lines)

    @property
    def closing(self) -> Position:
        """How the seller stands at the end."""
        return self.lines[-1].after if self.lines else self.opening


@frozen
class Revenue:
    """What the marketplace earned in a period and currency, in signed minor units.

    `lost` is what came to be `losses` by what: negative by what undid some.
    """

    currency: str
    fees: int = 0
    fees_returned: int = 0
    provider_fees: int = 0
    losses: int = 0
    lost: Mapping[Cause, int] = field(factory=dict)

    @property
    def net(self) -> int:
        """What is left of the fees."""
        return self.fees - self.fees_returned - self.provider_fees - self.losses

    def counting(self, turned_over: Balance) -> "Revenue":
        """With what an account was debited and credited in the period."""
        match turned_over.account.kind:
            case AccountKind.REVENUE:
                return evolve(
                    self,
                    fees=self.fees + turned_over.credit,
                    fees_returned=self.fees_returned + turned_over.debit,
                )
            case AccountKind.PROVIDER_FEES:
                return evolve(self, provider_fees=self.provider_fees + turned_over.minor)
            case AccountKind.LOSSES:
                return evolve(self, losses=self.losses + turned_over.minor)
            case _:
                return self

    def losing(self, entries: Iterable[Entry]) -> "Revenue":
        """With what those of `entries` in its currency changed the losses by, by their cause."""
        lost: Counter[Cause] = Counter()
        for entry in entries:
            if entry.currency == self.currency:
                lost[entry.cause] += entry.change_of(LOSSES)
        return evolve(self, lost=dict(sorted(lost.items())))


def _lines(
    seller_id: UserId, opening: Position, entries: Iterable[Entry]
) -> Iterator[StatementLine]:
    due, held, debts, revenue = (
        Account(kind, seller_id)
        for kind in (
            AccountKind.PAYABLE,
            AccountKind.HELD,
            AccountKind.DEBTS,
            AccountKind.REVENUE,
        )
    )
    after = opening
    for entry in entries:
        change = Position(-entry.change_of(due), -entry.change_of(held), entry.change_of(debts))
        after += change
        yield StatementLine(entry, change, -entry.change_of(revenue), after)
