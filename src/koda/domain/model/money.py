"""Amounts of money in minor units, and how they are split."""

import re
from collections.abc import Iterable
from functools import total_ordering

from attrs import field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import currency as check_currency
from koda.domain.model.validation import integer

_ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"}
    | {"VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Currencies without minor units (ISO 4217)."""
_THREE_DECIMAL = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies of a thousand minor units (ISO 4217)."""
_STEPS = dict.fromkeys(_THREE_DECIMAL, 10) | {"MGA": 100}
"""In how many minor units a currency is paid, where that is more than one.

Cards carry no thousandths, and the ariary, whose fifths ISO 4217 writes with two decimals, only
whole ones: https://docs.stripe.com/currencies#special-cases.
"""
BASIS_POINTS = 10_000
LARGEST_MINOR = 10**15
"""More than any price, order or year of sales; well inside a store's eight-byte integers."""


def decimals_of(currency: str) -> int:
    """The number of decimals of `currency` (ISO 4217): 0, 2 or 3."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


@total_ordering
@frozen(order=False)
class Money:
    """A non-negative amount: `minor` units of a `currency` (three upper-case letters, ISO 4217).

    Sums and differences stay within one currency and never fall below zero; anything else raises
    `InvalidValue`.
    """

    minor: int = field(validator=integer(0, LARGEST_MINOR))
    currency: str = field(validator=check_currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str | None = None, field: str = "price") -> "Money":
        """Read `"12.50 EUR"`, or `"12.50"` where `currency` is given; `field` is what errors name.

        Raises:
            InvalidValue: not a plain decimal number, too many decimals, or another currency.
        """
        match = re.fullmatch(r"\s*(\d{1,12})(?:[.,](\d{1,3}))?\s*([A-Za-z]{3})?\s*", text, re.ASCII)
        if match is None:
            raise InvalidValue(field, sentence("must be an amount such as 12.50"))
        whole, fraction, named = match[1], match[2] or "", (match[3] or currency or "").upper()
        if currency is not None and named != currency:
            raise InvalidValue(field, sentence("must be in {currency}", currency=currency))
        places = decimals_of(named)
        if len(fraction) > places:
            raise InvalidValue(field, _too_fine(named, places))
        return cls(int(whole + fraction.ljust(places, "0")), named)

    @classmethod
    def total(cls, amounts: "Iterable[Money]", currency: str) -> "Money":
        """The sum of `amounts`, which may be none, in `currency`."""
        nothing = cls.zero(currency)
        return cls(sum(nothing.minor_of(amount) for amount in amounts), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self.minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self.minor_of(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self.minor_of(other)

    def minor_of(self, other: "Money") -> int:
        """The minor units of `other`, which must be of the same currency."""
        if other.currency != self.currency:
            raise InvalidValue(
                "currency",
                sentence(
                    "must be {currency}, not {other}",
                    currency=self.currency,
                    other=other.currency,
                ),
            )
        return other.minor

    def split(self, basis_points: int) -> "tuple[Money, Money]":
        """A fee of `basis_points` (of 10,000), rounded half up, and the rest of the whole.

        Of a price that is a multiple of the currency's step, both are.
        """
        step = _STEPS.get(self.currency, 1)
        steps = (self.minor * basis_points + step * BASIS_POINTS // 2) // (step * BASIS_POINTS)
        fee = Money(min(steps * step, self.minor), self.currency)
        return fee, self - fee

    @property
    def amount(self) -> str:
        """The amount alone in major units, with the currency's own decimals: `12.50`."""
        places = decimals_of(self.currency)
        digits = str(self.minor).rjust(places + 1, "0")
        return f"{digits[:-places]}.{digits[-places:]}" if places else digits

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def signed(minor: int, currency: str) -> str:
    """An amount that may be negative, alone in major units: `-12.50`."""
    return f"{'-' if minor < 0 else ''}{Money(abs(minor), currency).amount}"


def _too_fine(currency: str, places: int) -> Sentence:
    if currency:
        return sentence(
            "{currency} has at most {places} decimals", currency=currency, places=places
        )
    return sentence("the amount has at most {places} decimals", places=places)


def step_of(currency: str) -> Money:
    """The least amount of `currency` that is paid; prices and fees are multiples of it."""
    return Money(_STEPS.get(currency, 1), currency)
