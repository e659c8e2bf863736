"""Debts of sellers that are given up."""

from attrs import evolve, field, frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.validation import identifier


@frozen
class WriteOff:
    """What a seller owed of an order since a revision of it is given up, at the marketplace's loss.

    One that is `undone` holds no more: the seller is due again what they were let off.
    """

    seller_id: UserId = field(validator=identifier)
    amount: Money
    since: int
    decision: RefundDecision
    undone: bool = False


def holding(write_offs: tuple[WriteOff, ...], owed: int) -> tuple[WriteOff, ...]:
    """The write-offs of a seller who owes so much, in minor units, if none held.

    The newest are undone, as far as they let the seller off more than that.
    """
    kept: list[WriteOff] = []
    for write_off in write_offs:
        fits = not write_off.undone and write_off.amount.minor <= owed
        owed -= write_off.amount.minor if fits else 0
        kept.append(evolve(write_off, undone=not fits))
    return tuple(kept)
