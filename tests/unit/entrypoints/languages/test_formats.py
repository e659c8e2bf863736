from datetime import UTC, datetime

import pytest
from babel import Locale

from koda.domain.model.money import Money
from koda.domain.model.sizes import ByteSize
from koda.entrypoints.languages.formats import EnglishFormats, LocaleFormats

ENGLISH = EnglishFormats()
GERMAN = LocaleFormats(Locale("de"))
MOMENT = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money(1250, "EUR"), "€12.50"),
        (Money(5, "USD"), "$0.05"),
        (Money(123_456_789, "GBP"), "£1,234,567.89"),
        (Money(1200, "JPY"), "¥1,200"),
        (Money(12_500, "KWD"), "12.500\u00a0KWD"),
        (Money(99, "CHF"), "0.99\u00a0CHF"),
    ],
)
def test_money_is_shown_with_the_decimals_of_its_currency(amount: Money, shown: str) -> None:
    """Currencies without, with two and with three decimals each look right."""
    assert ENGLISH.money(amount) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1, "1\u00a0byte"),
        (1023, "1023\u00a0bytes"),
        (48_213, "47\u00a0KiB"),
        (5 * 1024 * 1024, "5\u00a0MiB"),
        (256 * 1024 - 1, "255\u00a0KiB"),
        (1_500_000, "1.4\u00a0MiB"),
    ],
)
def test_sizes_are_shown_in_a_readable_unit(count: int, shown: str) -> None:
    """Bytes, and their powers of 1024; no limit is shown as more than it is."""
    assert ENGLISH.size(count) == shown


@pytest.mark.parametrize(
    ("minor", "english", "german"),
    [(-123450, "\u2212€1,234.50", "-1.234,50\u00a0€"), (1250, "€12.50", "12,50\u00a0€")],
)
def test_an_amount_may_be_negative(minor: int, english: str, german: str) -> None:
    """As in the books."""
    assert ENGLISH.signed_money(minor, "EUR") == english
    assert GERMAN.signed_money(minor, "EUR") == german


@pytest.mark.parametrize(("points", "shown"), [(1500, "15\u00a0%"), (250, "2.5\u00a0%")])
def test_basis_points_are_shown_as_a_percentage(points: int, shown: str) -> None:
    """The fee reads as people say it."""
    assert ENGLISH.percent(points) == shown


def test_a_moment_is_shown_as_its_day() -> None:
    """Days carry no leading zero and the month's name."""
    assert ENGLISH.day(MOMENT) == "2 November 2026"
    assert ENGLISH.day_of_month(MOMENT.date()) == "2 Nov"
    assert ENGLISH.month(MOMENT.date()) == "Nov 2026"


def test_another_language_writes_data_as_its_locale_does() -> None:
    """By the data of the CLDR, with units that are the same everywhere."""
    assert GERMAN.money(Money(123_450, "EUR")) == "1.234,50\u00a0€"
    assert GERMAN.money(Money(1200, "JPY")) == "1.200\u00a0¥"
    assert GERMAN.day(MOMENT) == "2. November 2026"
    assert GERMAN.day_of_month(MOMENT.date()) == "2. Nov."
    assert GERMAN.month(MOMENT.date()) == "Nov. 2026"
    assert GERMAN.size(1_500_000) == "1,4\u00a0MiB"
    assert GERMAN.size(3) == "3 Byte"
    assert GERMAN.percent(250) == "2,5\u00a0%"


@pytest.mark.parametrize(
    ("value", "spec", "english", "german"),
    [
        (Money(1250, "EUR"), "", "12.50 EUR", "12,50\u00a0€"),
        (ByteSize(1_500_000), "", "1.4 MiB", "1,4\u00a0MiB"),
        (MOMENT, "", "2026-11-02 09:05:00 UTC", "02.11.2026, 09:05:00 UTC"),
        (MOMENT.date(), "", "2 November 2026", "2. November 2026"),
        (1200, "", "1200", "1200"),
        (1200, ",", "1,200", "1.200"),
        (("a", "b", "c"), "", "a, b, c", "a, b, c"),
        ("text", "", "text", "text"),
    ],
)
def test_data_in_sentences_are_written_by_their_kind(
    value: object, spec: str, english: str, german: str
) -> None:
    """Numbers are grouped only where the template asks for it."""
    assert (ENGLISH.datum(value, spec), GERMAN.datum(value, spec)) == (english, german)
