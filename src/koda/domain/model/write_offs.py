"""Debts of sellers that are given up."""

from attrs import evolve, field, frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.validation import identifier


@frozen
class UndonePart:
    """What a seller was let off and is due again, since a revision of the order."""

    amount: Money
    since: int


@frozen
class WriteOff:
    """What a seller owed of an order since a revision of it is given up, at the marketplace's loss.

    A part that is `undone` holds no more: the seller is due it again, and keeps it for that.
    """

    seller_id: UserId = field(validator=identifier)
    amount: Money
    since: int
    decision: RefundDecision
    undone: tuple[UndonePart, ...] = ()

    @property
    def left(self) -> Money:
        """What the seller is still let off."""
        back = sum(part.amount.minor for part in self.undone)
        return Money(self.amount.minor - back, self.amount.currency)


def holding(write_offs: tuple[WriteOff, ...], owed: int, revision: int) -> tuple[WriteOff, ...]:
    """The write-offs of a seller who owes so much, in minor units, if none held.

    As far as they let the seller off more than that, they are undone since `revision`, the newest
    first.
    """
    held: list[WriteOff] = []
    for write_off in write_offs:
        left = write_off.left
        fits = Money(min(left.minor, max(owed, 0)), left.currency)
        owed -= fits.minor
        part = UndonePart(left - fits, revision)
        undone = (*write_off.undone, part) if part.amount.minor else write_off.undone
        held.append(evolve(write_off, undone=undone))
    return tuple(held)
