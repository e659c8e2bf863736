import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.stripe.amounts import (
    CHARGED,
    LARGEST,
    LARGEST_OF,
    MINIMUMS,
    THREE_DECIMAL,
    ZERO_DECIMAL,
    charge_units,
    from_stripe,
    limits_of,
    to_stripe,
)
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.money import Money, step_of
from paysandbox import currencies as sandbox

CURRENCIES = ["EUR", "USD", "JPY", "KRW", "ISK", "UGX", "KWD", "TND", "MGA", "HUF", "TWD"]


@pytest.mark.parametrize(
    ("money", "units"),
    [
        (Money(1250, "EUR"), 1250),
        (Money(1250, "JPY"), 1250),
        (Money(1250, "ISK"), 125_000),
        (Money(5, "UGX"), 500),
        (Money(1230, "KWD"), 1230),
        (Money(500, "MGA"), 5),
        (Money(1250, "HUF"), 1250),
    ],
    ids=str,
)
def test_amount_has_stripes_units(money: Money, units: int) -> None:
    """Whole, hundredth and thousandth units are those of Stripe's table."""
    assert units == to_stripe(money)
    assert money == from_stripe(units, money.currency.lower())


@given(st.integers(0, 10**9), st.sampled_from(CURRENCIES))
def test_amount_survives_the_way_to_stripe_and_back(tens: int, currency: str) -> None:
    """What Stripe takes comes back as it was."""
    money = Money(tens * 100, currency)

    assert money == from_stripe(to_stripe(money), currency.lower())


@pytest.mark.parametrize("money", [Money(1234, "KWD"), Money(501, "MGA"), Money(1, "BHD")], ids=str)
def test_fraction_that_stripe_lacks_is_refused(money: Money) -> None:
    """Nothing is rounded on the way to Stripe."""
    with pytest.raises(PaymentRefused):
        to_stripe(money)


@pytest.mark.parametrize(
    "money",
    [
        Money(0, "EUR"),
        Money(49, "EUR"),
        Money(49, "JPY"),
        Money(17499, "HUF"),
        Money(0, "ISK"),
        Money(100_000_000, "EUR"),
        Money(1_000_000, "ISK"),
        Money(10**9, "INR"),
        Money(10**12, "EUR"),
        Money(100_000_000, "KRW"),
        Money(10**10, "JPY"),
        Money(10**12, "IDR"),
        Money(10**12, "HUF"),
        Money(10**12, "COP"),
        Money(10**13, "LBP"),
        Money(100_000_000, "TWD"),
        Money(100_000_000, "KWD"),
    ],
    ids=str,
)
def test_amount_out_of_stripes_bounds_is_refused(money: Money) -> None:
    """A charge below the minimum or of too many digits is not even asked for."""
    with pytest.raises(PaymentRefused):
        charge_units(money)


@pytest.mark.parametrize(
    "money",
    [
        Money(50, "EUR"),
        Money(99_999_999, "EUR"),
        Money(1, "ISK"),
        Money(999_999, "ISK"),
        Money(999_999_999, "INR"),
        Money(10**10 - 1, "JPY"),
        Money(10**12 - 1, "IDR"),
        Money(10**12 - 1, "HUF"),
        Money(10**12 - 1, "COP"),
        Money(10**13 - 1, "LBP"),
        Money(99_999_990, "KWD"),
        Money(100 * LARGEST, "MGA"),
    ],
    ids=str,
)
def test_amount_at_stripes_bounds_is_charged(money: Money) -> None:
    """The bounds themselves are within."""
    assert charge_units(money) == to_stripe(money)


def test_fraction_that_a_currency_lacks_is_no_amount() -> None:
    """A hundredth of a króna is no money."""
    with pytest.raises(ValueError, match="150 is no amount of ISK"):
        from_stripe(150, "isk")


@pytest.mark.parametrize("currency", sorted({*CURRENCIES, *MINIMUMS, *LARGEST_OF}))
def test_limits_are_the_last_amounts_that_are_charged(currency: str) -> None:
    """The least and the most pass; a step below or above is refused, and the limit is named."""
    step = step_of(currency)
    least, most = limits_of(currency)

    assert charge_units(least) <= charge_units(most)
    with pytest.raises(PaymentRefused, match=f"the least is {least}"):
        charge_units(least - step)
    with pytest.raises(PaymentRefused, match=f"the most at once is {most}"):
        charge_units(most + step)


@given(st.integers(1, 10**6), st.sampled_from(CURRENCIES), st.integers(0, 10_000))
def test_every_part_of_a_price_has_stripes_units(steps: int, currency: str, rate: int) -> None:
    """Price, fee and net of what a marketplace sells can all be told to Stripe, unrounded."""
    price = Money(steps * step_of(currency).minor, currency)
    fee, net = price.split(rate)

    assert to_stripe(price) == to_stripe(fee) + to_stripe(net)


def test_every_special_currency_is_charged() -> None:
    """The data knows no minimum, maximum or unit of a currency that Stripe does not charge."""
    special = {*MINIMUMS, *LARGEST_OF} | ZERO_DECIMAL | THREE_DECIMAL

    assert not special - CHARGED
    assert not CHARGED & {"XYZ", "XXX", "HRK", "BTC"}


def test_sandbox_charges_what_stripe_charges() -> None:
    """The same currencies from the same amounts, so that a trial there says what will happen."""
    charged = {*sandbox.MINIMUMS, *sandbox.OTHERS}

    assert charged == {code.lower() for code in CHARGED}
    assert {code.upper(): least for code, least in sandbox.MINIMUMS.items()} == MINIMUMS
