"""Koda's minor units (ISO 4217) and Stripe's, from `currencies.json`: its source and date there."""

import json
from collections.abc import Mapping
from pathlib import Path

from koda.domain.model.errors import PaymentRefused
from koda.domain.model.money import Money, decimals_of, step_of
from koda.domain.model.sentences import sentence

_DATA = json.loads(Path(__file__).with_name("currencies.json").read_text(encoding="ascii"))

CHARGED = frozenset(_DATA["charged"])
"""The currencies that Stripe charges, whatever the platform's country."""
ZERO_DECIMAL = frozenset(_DATA["zero_decimal"])
"""Charged in whole units. ISK and UGX are not among them: Stripe takes their hundredths."""
THREE_DECIMAL = frozenset(_DATA["three_decimal"])
"""Charged in thousandths, of which the last digit must be 0."""
MINIMUMS: Mapping[str, int] = _DATA["minimums"]
"""The least charge in Stripe's units, for a platform that settles in that currency."""
LARGEST: int = _DATA["largest"]
"""The largest charge in Stripe's units: eight digits."""
LARGEST_OF: Mapping[str, int] = _DATA["largest_of"]
"""The currencies that may have more, four of them by card alone.

Of those four Stripe's page counts the digits and names an amount of more; here are the digits.
"""


def stripe_decimals(currency: str) -> int:
    """How many decimals Stripe's units of `currency` have."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def _factors(currency: str) -> tuple[int, int]:
    """What Koda's minor units are multiplied and divided by to become Stripe's."""
    finer = stripe_decimals(currency) - decimals_of(currency)
    return int(10 ** max(finer, 0)), int(10 ** max(-finer, 0))


def to_stripe(money: Money) -> int:
    """The amount in Stripe's units.

    Raises:
        PaymentRefused: Stripe has no such fraction.
    """
    up, down = _factors(money.currency)
    units, rest = divmod(money.minor * up, down)
    if rest or (money.currency in THREE_DECIMAL and units % 10):
        raise PaymentRefused(
            sentence(
                "{money} is too fine an amount of {currency}", money=money, currency=money.currency
            )
        )
    return units


def charge_units(money: Money) -> int:
    """The amount of a charge in Stripe's units.

    Raises:
        PaymentRefused: too fine, too small or too large for Stripe.
    """
    units = to_stripe(money)
    least, most = limits_of(money.currency)
    if money < least:
        raise PaymentRefused(
            sentence(
                "{money} is too small an amount, the least is {least}", money=money, least=least
            )
        )
    if money > most:
        raise PaymentRefused(
            sentence(
                "{money} is too large an amount, the most at once is {most}", money=money, most=most
            )
        )
    return units


def limits_of(currency: str) -> tuple[Money, Money]:
    """The least and the most that one charge may be."""
    up, down = _factors(currency)
    step = step_of(currency).minor
    least = -(-MINIMUMS.get(currency, 1) * down // (up * step))
    most = LARGEST_OF.get(currency, LARGEST) * down // (up * step)
    return Money(least * step, currency), Money(most * step, currency)


def from_stripe(units: int, currency: str) -> Money:
    """What `units` of Stripe's, of a currency in Stripe's lower case, are in Koda.

    Raises:
        ValueError: a fraction that the currency does not have.
    """
    code = currency.upper()
    up, down = _factors(code)
    minor, rest = divmod(units * down, up)
    if rest:
        raise ValueError(f"{units} is no amount of {code}")
    return Money(minor, code)
