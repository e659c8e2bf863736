"""Refunds of a line in parts: what each part takes of the fee and of the seller's net."""

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import Money, step_of
from koda.domain.model.sentences import sentence


@frozen
class RefundPart:
    """An amount that goes back, and how much of it was the marketplace's fee."""

    amount: Money
    fee: Money

    def __attrs_post_init__(self) -> None:
        if self.fee > self.amount:
            raise InvalidValue("fee", sentence("must not be above the amount"))

    @classmethod
    def total(cls, parts: "Iterable[RefundPart]", currency: str) -> "RefundPart":
        """All `parts` together; nothing of `currency` if there are none."""
        kept = tuple(parts)
        amount = Money.total((part.amount for part in kept), currency)
        return cls(amount, Money.total((part.fee for part in kept), currency))

    def __add__(self, other: "RefundPart") -> "RefundPart":
        return RefundPart(self.amount + other.amount, self.fee + other.fee)

    @property
    def net(self) -> Money:
        """How much of it was the seller's."""
        return self.amount - self.fee


def next_part(price: Money, fee: Money, before: RefundPart, amount: Money) -> RefundPart:
    """The part that refunds `amount` of a line, of which `before` was refunded already.

    Its fee is the rounded fee of all that is refunded then, less what earlier parts took, so that
    all parts of a line are exactly its price and its fee, however it is cut.

    Raises:
        InvalidValue: nothing, more than is left, or a fraction of what the currency is paid in.
    """
    after = before.amount + amount
    step = step_of(price.currency).minor
    if not amount.minor:
        raise InvalidValue("amount", sentence("must be more than zero"))
    if amount.minor % step:
        raise InvalidValue(
            "amount", sentence("must be a multiple of {step}", step=step_of(price.currency))
        )
    if after > price:
        raise InvalidValue("amount", sentence("must be at most {left}", left=price - before.amount))
    due = _fee_of(price, fee, after).minor - before.fee.minor
    return RefundPart(amount, Money(min(max(due, 0), amount.minor), price.currency))


def _fee_of(price: Money, fee: Money, refunded: Money) -> Money:
    """The fee's share of what is refunded in all, in whole steps, half up."""
    if refunded == price:
        return fee
    step = step_of(price.currency).minor
    steps = (2 * fee.minor * refunded.minor + price.minor * step) // (2 * price.minor * step)
    return Money(steps * step, price.currency)


def spread(amount: int, weights: Mapping[int, int], room: Mapping[int, int]) -> Counter[int]:
    """Spread `amount` in proportion to `weights`, as far as there is room, by largest remainder.

    What has no room goes to the others; of equal remainders the lowest key has the first.
    """
    given: Counter[int] = Counter()
    while amount and (free := [key for key in sorted(room) if room[key] > given[key]]):
        total = sum(weights[key] for key in free)
        shares = {key: amount * weights[key] // total for key in free}
        rest = amount - sum(shares.values())
        for key in sorted(free, key=lambda key: -(amount * weights[key] % total))[:rest]:
            shares[key] += 1
        for key, share in shares.items():
            taken = min(share, room[key] - given[key])
            given[key] += taken
            amount -= taken
    return given
