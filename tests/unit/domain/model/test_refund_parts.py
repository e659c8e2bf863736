from fractions import Fraction
from itertools import pairwise, product
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import Money, step_of
from koda.domain.model.refund_parts import RefundPart, next_part
from tests.soak import fees

CURRENCIES = ("EUR", "JPY", "KWD", "MGA")
RATES = (0, 1500, 3333, 10_000)


def parts_of(price: Money, fee: Money, cuts: list[int]) -> list[RefundPart]:
    """A line refunded in parts, each up to the next of `cuts`, in steps of the currency."""
    step = step_of(price.currency).minor
    ends = [0, *sorted({cut * step for cut in cuts}), price.minor]
    parts: list[RefundPart] = []
    for start, end in pairwise(ends):
        before = RefundPart.total(parts, price.currency)
        parts.append(next_part(price, fee, before, Money(end - start, price.currency)))
    return parts


@st.composite
def refunded(draw: st.DrawFn) -> tuple[Money, Money, list[RefundPart]]:
    """A price of up to 100,000 steps, its fee, and one to five parts that are all of it."""
    currency = draw(st.sampled_from(CURRENCIES))
    steps = draw(st.integers(1, 100_000))
    price = Money(steps * step_of(currency).minor, currency)
    fee, _ = price.split(draw(st.sampled_from(RATES)))
    cuts = draw(st.lists(st.integers(1, steps - 1), max_size=4)) if steps > 1 else []
    return price, fee, parts_of(price, fee, cuts)


@given(refunded())
def test_all_parts_are_exactly_the_whole(line: tuple[Money, Money, list[RefundPart]]) -> None:
    """Amounts, fees and nets, however the line is cut."""
    price, fee, parts = line

    assert Money.total((part.amount for part in parts), price.currency) == price
    assert Money.total((part.fee for part in parts), price.currency) == fee
    assert Money.total((part.net for part in parts), price.currency) == price - fee


@given(refunded())
def test_fee_so_far_is_the_nearest_to_its_share(
    line: tuple[Money, Money, list[RefundPart]],
) -> None:
    """After each part it is less than a step away, and never more than the part."""
    price, fee, parts = line
    taken = amount = 0
    for part in parts:
        taken, amount = taken + part.fee.minor, amount + part.amount.minor
        share = Fraction(fee.minor * amount, price.minor)
        assert abs(taken - share) <= Fraction(step_of(price.currency).minor, 2)
        assert 0 <= part.fee.minor <= part.amount.minor


def test_every_currency_is_paid_in_one_of_three_kinds_of_steps() -> None:
    """Whatever a marketplace is set to: the sweep has one of each kind."""
    codes = map("".join, product(ascii_uppercase, repeat=3))

    assert {step_of(code).minor for code in codes} == {
        step_of(currency).minor for currency in fees.CURRENCIES
    }


def test_all_small_amounts_and_some_others_are_whole_however_they_are_cut() -> None:
    """`make soak` tries every amount."""
    some = (*range(1, 200), *range(200, fees.LARGEST, 997), fees.LARGEST)

    assert fees.check_amounts(some) > 10_000


@pytest.mark.parametrize(
    ("before", "amount", "problem"),
    [
        (Money.zero("KWD"), Money.zero("KWD"), "more than zero"),
        (Money.zero("KWD"), Money(5, "KWD"), "multiple of 0.010 KWD"),
        (Money(900, "KWD"), Money(110, "KWD"), "at most 0.100 KWD"),
        (Money.zero("KWD"), Money(100, "EUR"), "must be KWD, not EUR"),
    ],
)
def test_part_that_cannot_be_refunded_is_refused(
    before: Money, amount: Money, problem: str
) -> None:
    """Nothing, less than is paid, more than is left, or another currency."""
    with pytest.raises(InvalidValue, match=problem):
        next_part(
            Money(1000, "KWD"), Money(150, "KWD"), RefundPart(before, Money.zero("KWD")), amount
        )


def test_last_part_takes_what_is_left_of_the_fee() -> None:
    """Whatever earlier ones took: one of them may have been undone meanwhile."""
    taken = RefundPart(Money(900, "EUR"), Money(137, "EUR"))

    assert next_part(Money(1000, "EUR"), Money(150, "EUR"), taken, Money(100, "EUR")) == RefundPart(
        Money(100, "EUR"), Money(13, "EUR")
    )


def test_fee_of_a_part_is_not_above_its_amount() -> None:
    """Whoever makes it."""
    with pytest.raises(InvalidValue, match="must not be above"):
        RefundPart(Money(1, "EUR"), Money(2, "EUR"))
