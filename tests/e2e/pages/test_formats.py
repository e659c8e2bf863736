from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.money import Money
from koda.entrypoints.web import formats


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
    assert formats.money(amount) == shown


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
    assert formats.size(count) == shown


@pytest.mark.parametrize(("points", "shown"), [(1500, "15\u00a0%"), (250, "2.5\u00a0%")])
def test_basis_points_are_shown_as_a_percentage(points: int, shown: str) -> None:
    """The fee reads as people say it."""
    assert formats.percent(points) == shown


def test_a_moment_is_shown_as_its_day() -> None:
    """Days carry no leading zero and the month's name."""
    assert formats.day(datetime(2026, 11, 2, tzinfo=UTC)) == "2 November 2026"


@given(st.text(max_size=400))
def test_an_excerpt_is_one_short_line(text: str) -> None:
    """Whatever the text, its beginning fits on a card."""
    shown = formats.excerpt(text)

    assert len(shown) <= formats.EXCERPT
    assert shown == " ".join(shown.split())


def test_a_long_text_is_cut_between_words() -> None:
    """The cut leaves whole words and says that there is more."""
    shown = formats.excerpt("word " * 100)

    assert shown.endswith("word…")
