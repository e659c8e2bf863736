"""The arithmetic of fees and partial refunds for every amount: `python -m tests.soak.fees`.

Currencies differ in what is paid at least: one, ten or a hundred minor units. An amount is of a
currency if it is a multiple of that.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from time import monotonic

from koda.domain.model.money import BASIS_POINTS, Money, step_of
from koda.domain.model.refund_parts import RefundPart, next_part

CURRENCIES = ("EUR", "KWD", "MGA")
"""One of each kind of steps; what has no decimals is paid in steps of one as well."""
RATES = (0, 1500, 3333, BASIS_POINTS)
"""In hundredths of a percent."""
LARGEST = 100_000
MOST_PARTS = 5


def check_line(price: Money, rate: int) -> int:
    """Assert that a line's fee and net are its price, however it is refunded; count the parts."""
    fee, net = price.split(rate)
    step = step_of(price.currency).minor

    assert fee + net == price
    assert not fee.minor % step
    assert abs(fee.minor - Fraction(price.minor * rate, BASIS_POINTS)) <= Fraction(step, 2)
    return sum(check_parts(price, fee, ends) for ends in cuts(price.minor // step))


def check_parts(price: Money, fee: Money, ends: tuple[int, ...]) -> int:
    """Assert that parts up to each of `ends`, in steps, are together the line; count them."""
    step, currency = step_of(price.currency).minor, price.currency
    before = RefundPart.total((), currency)
    for end in ends:
        part = next_part(price, fee, before, Money(end * step - before.amount.minor, currency))
        before += part
        taken, share = before.fee.minor, fee.minor * before.amount.minor
        assert not part.fee.minor % step
        assert 2 * abs(taken * price.minor - share) <= step * price.minor

    assert (before.amount, before.fee) == (price, fee)
    return len(ends)


def cuts(steps: int) -> Iterator[tuple[int, ...]]:
    """One to five parts, as far as there are steps: equal ones, or one step each and the rest."""
    for parts in range(1, min(MOST_PARTS, steps) + 1):
        if (steps + parts) % 2:
            yield tuple(steps * part // parts for part in range(1, parts + 1))
        else:
            yield (*range(1, parts), steps)


def check_amounts(amounts: Iterable[int]) -> int:
    """Check lines of so many minor units, in each currency that has them, at each rate."""
    return sum(
        check_line(Money(minor, currency), rate)
        for minor in amounts
        for currency in CURRENCIES
        if not minor % step_of(currency).minor
        for rate in RATES
    )


if __name__ == "__main__":
    started = monotonic()
    count = check_amounts(range(1, LARGEST + 1))
    print(f"{count} parts of all amounts are right, in {monotonic() - started:.0f} seconds")
