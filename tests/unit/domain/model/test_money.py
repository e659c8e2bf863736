from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import LARGEST_MINOR, Money, decimals_of, step_of
from tests.support.strategies import basis_points, euros, monies


@given(monies, basis_points)
def test_split_conserves_the_whole(whole: Money, rate: int) -> None:
    """A fee and its rest add up to what was split, whatever the rate."""
    fee, rest = whole.split(rate)

    assert whole == fee + rest


def test_fee_is_rounded_half_up_for_every_price_of_the_marketplace() -> None:
    """15 % of 1 to 100,000 minor units, as decimal arithmetic rounds it, and the rest."""
    for minor in range(1, 100_001):
        fee, rest = Money(minor, "EUR").split(1500)
        expected = int((minor * Decimal("0.15")).quantize(Decimal(1), ROUND_HALF_UP))

        assert (expected, minor - expected) == (fee.minor, rest.minor)


@pytest.mark.parametrize(
    ("minor", "fee"), [(1, 0), (3, 0), (4, 1), (10, 2), (30, 5), (90, 14), (100, 15), (1250, 188)]
)
def test_half_a_unit_goes_to_the_fee(minor: int, fee: int) -> None:
    """1.5 units of fee become 2, 13.5 become 14, 0.45 become 0."""
    assert Money(fee, "EUR") == Money(minor, "EUR").split(1500)[0]


@pytest.mark.parametrize(("currency", "step"), [("EUR", 1), ("JPY", 1), ("KWD", 10), ("MGA", 100)])
def test_currency_has_a_least_amount_that_is_paid(currency: str, step: int) -> None:
    """Thousandths and the ariary's hundredths are written, and paid by nobody."""
    assert step_of(currency) == Money(step, currency)


@pytest.mark.parametrize(
    ("price", "fee"),
    [
        (Money(1250, "KWD"), Money(190, "KWD")),
        (Money(1210, "KWD"), Money(180, "KWD")),
        (Money(300, "KWD"), Money(50, "KWD")),
        (Money(1300, "MGA"), Money(200, "MGA")),
    ],
    ids=str,
)
def test_fee_of_a_price_in_steps_is_in_steps(price: Money, fee: Money) -> None:
    """Rounded half up to the next step, so that both parts can be paid."""
    assert price.split(1500) == (fee, price - fee)


def test_fee_is_never_more_than_the_whole() -> None:
    """Not even of less than a step, which nobody pays."""
    assert Money(7, "KWD").split(10_000) == (Money(7, "KWD"), Money(0, "KWD"))


@given(monies)
def test_written_money_reads_back(money: Money) -> None:
    """What `str` writes, `parse` reads."""
    assert money == Money.parse(str(money))


@given(monies)
def test_written_amount_reads_back_in_its_currency(money: Money) -> None:
    """The bare amount reads back where the currency is known."""
    assert money == Money.parse(money.amount, money.currency)


@given(euros, euros)
def test_sums_and_differences_undo_each_other(money: Money, other: Money) -> None:
    """What was added can be taken away again."""
    assert money == money + other - other


@given(euros, euros)
def test_order_is_that_of_the_minor_units(money: Money, other: Money) -> None:
    """Amounts of one currency compare like their minor units."""
    assert (money < other, money <= other) == (
        money.minor < other.minor,
        money.minor <= other.minor,
    )


@given(st.lists(euros, max_size=20))
def test_total_is_the_sum(amounts: list[Money]) -> None:
    """The total of none is zero, and of many their sum."""
    assert Money(sum(amount.minor for amount in amounts), "EUR") == Money.total(amounts, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("12.50 EUR", None, Money(1250, "EUR")),
        (" 12,5 eur ", None, Money(1250, "EUR")),
        ("12", "EUR", Money(1200, "EUR")),
        ("12.5eur", "EUR", Money(1250, "EUR")),
        ("12 JPY", None, Money(12, "JPY")),
        ("1.234 KWD", None, Money(1234, "KWD")),
        ("0", "EUR", Money(0, "EUR")),
    ],
)
def test_typed_amounts_are_read(text: str, currency: str | None, expected: Money) -> None:
    """A point or a comma, any case of the currency, spaces around."""
    assert expected == Money.parse(text, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "EUR"),
        ("-1", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("1.234", "EUR"),
        ("1,000.00", "EUR"),
        ("1.5", "JPY"),
        ("1.2345", "KWD"),
        ("12", None),
        ("12 USD", "EUR"),
        ("1234567890123", "EUR"),
        ("\u0661\u0662", "EUR"),
        ("12 EU", None),
        ("EUR 12", None),
    ],
)
def test_other_text_is_no_amount(text: str, currency: str | None) -> None:
    """Signs, exponents, grouping, surplus decimals and other currencies are refused."""
    with pytest.raises(InvalidValue):
        Money.parse(text, currency)


@pytest.mark.parametrize("minor", [-1, 0.5, True, "1", None, LARGEST_MINOR + 1])
def test_minor_units_are_a_bounded_whole_number(minor: Any) -> None:
    """Neither negative, nor a fraction, a flag, text or out of every store's range."""
    with pytest.raises(InvalidValue, match=r"^minor: "):
        Money(minor, "EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "E1R", "", None, 978, "EUR\n"])
def test_currency_is_three_capitals(currency: Any) -> None:
    """Anything but three upper-case letters is refused."""
    with pytest.raises(InvalidValue, match=r"^currency: "):
        Money(1, currency)


def test_two_currencies_do_not_mix() -> None:
    """Neither sum, difference nor comparison crosses currencies."""
    euro, other = Money(1, "EUR"), Money(1, "USD")
    for mix in (Money.__add__, Money.__sub__, Money.__lt__):
        with pytest.raises(InvalidValue, match="must be EUR, not USD"):
            mix(euro, other)

    assert euro != other


def test_nothing_falls_below_zero() -> None:
    """Taking more than there is raises instead of owing."""
    with pytest.raises(InvalidValue):
        Money(1, "EUR") - Money(2, "EUR")


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(5, "EUR", "0.05"), (1250, "EUR", "12.50"), (7, "JPY", "7"), (7, "KWD", "0.007")],
)
def test_amount_has_the_decimals_of_its_currency(minor: int, currency: str, amount: str) -> None:
    """Two decimals for most, none for yen, three for dinars."""
    assert amount == Money(minor, currency).amount


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("ISK", 0), ("UGX", 0), ("TND", 3)])
def test_decimals_follow_iso_4217(currency: str, places: int) -> None:
    """ISO 4217 knows currencies of no, two and three decimals."""
    assert places == decimals_of(currency)


def test_an_amount_without_a_currency_has_two_decimals() -> None:
    """Whoever names no currency is told so in a sentence without one."""
    with pytest.raises(InvalidValue, match="price: the amount has at most 2 decimals"):
        Money.parse("12.505")
