"""How a language writes data: money, numbers, days, times, sizes, shares."""

from abc import abstractmethod
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from koda.domain.model.money import BASIS_POINTS, Money, signed
from koda.domain.model.sentences import in_english
from koda.domain.model.sizes import ByteSize, in_units

SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
"""What English pages write before an amount."""
_NO_BREAK = "\u00a0"


class Formats(Protocol):
    """How a language writes data."""

    @abstractmethod
    def money(self, amount: Money) -> str:
        """Write an amount with its currency's own decimals."""

    @abstractmethod
    def signed_money(self, minor: int, currency: str) -> str:
        """Write an amount of minor units that may be negative, as `money` does."""

    @abstractmethod
    def day(self, moment: datetime) -> str:
        """Write the day of a moment."""

    @abstractmethod
    def day_of_month(self, day: date) -> str:
        """Write a day of a year that is told elsewhere."""

    @abstractmethod
    def month(self, day: date) -> str:
        """Write the month of a day."""

    @abstractmethod
    def size(self, count: int) -> str:
        """Write a number of bytes in the largest unit that keeps it readable."""

    @abstractmethod
    def percent(self, basis_points: int) -> str:
        """Write basis points as a percentage."""

    @abstractmethod
    def datum(self, value: object, spec: str = "") -> str:
        """Write the datum of a sentence, whose template asks for the format `spec`."""


@frozen
class EnglishFormats(Formats):
    """The formats of the texts that are written in the source: `€1,234.50`, `15 %`, `5 MiB`."""

    def money(self, amount: Money) -> str:
        whole, dot, rest = amount.amount.partition(".")
        digits = f"{int(whole):,}{dot}{rest}"
        symbol = SYMBOLS.get(amount.currency)
        return f"{symbol}{digits}" if symbol else f"{digits}{_NO_BREAK}{amount.currency}"

    def signed_money(self, minor: int, currency: str) -> str:
        sign = "\N{MINUS SIGN}" if minor < 0 else ""
        return f"{sign}{self.money(Money(abs(minor), currency))}"

    def day(self, moment: datetime) -> str:
        return f"{moment.day} {moment:%B %Y}"

    def day_of_month(self, day: date) -> str:
        return f"{day.day} {day:%b}"

    def month(self, day: date) -> str:
        return f"{day:%b %Y}"

    def size(self, count: int) -> str:
        return in_units(count).replace(" ", _NO_BREAK)

    def percent(self, basis_points: int) -> str:
        return f"{basis_points / 100:g}{_NO_BREAK}%"

    def datum(self, value: object, spec: str = "") -> str:
        return in_english(value, spec)


@frozen
class LocaleFormats(Formats):
    """The formats of a locale, from the data of Unicode's CLDR that Babel brings."""

    locale: Locale

    def money(self, amount: Money) -> str:
        return format_currency(Decimal(amount.amount), amount.currency, locale=self.locale)

    def signed_money(self, minor: int, currency: str) -> str:
        return format_currency(Decimal(signed(minor, currency)), currency, locale=self.locale)

    def day(self, moment: datetime) -> str:
        return format_date(moment.date(), "long", locale=self.locale)

    def day_of_month(self, day: date) -> str:
        return format_skeleton("MMMd", day, locale=self.locale)

    def month(self, day: date) -> str:
        return format_skeleton("yMMM", day, locale=self.locale)

    def size(self, count: int) -> str:
        number, _, unit = in_units(count).partition(" ")
        if unit.endswith("iB"):
            # The locale data have powers of 1000 alone; these symbols are the same everywhere.
            return f"{format_decimal(Decimal(number), locale=self.locale)}{_NO_BREAK}{unit}"
        return format_unit(count, "digital-byte", "long", locale=self.locale)

    def percent(self, basis_points: int) -> str:
        share = Decimal(basis_points) / BASIS_POINTS
        return format_percent(share, locale=self.locale, decimal_quantization=False)

    def datum(self, value: object, spec: str = "") -> str:
        match value:
            case Money():
                return self.money(value)
            case ByteSize(count):
                return self.size(count)
            case datetime():
                return f"{format_datetime(value, 'medium', locale=self.locale)} UTC"
            case date():
                return format_date(value, "long", locale=self.locale)
            case int():
                return format_decimal(value, locale=self.locale, group_separator=spec == ",")
            case _:
                return in_english(value, spec)
