"""What the suites hold against documents that they read by the back door."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import frozen

from koda.domain.model.money import Money
from koda.testing.contracts.raw import assert_document, texts_of

PRICE = Money(1250, "EUR")


@frozen
class Sale:
    """Something to be stored."""

    id: str = "sale_1"
    price: Money = PRICE
    at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    tags: tuple[str, ...] = ("new", "")


SALE = {"id": "sale_1", "price": {"minor": 1250, "currency": "EUR"}, "tags": ["new", ""]}


@pytest.mark.parametrize(
    "at", [Sale().at, 1772366400000, "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00Z"]
)
def test_times_may_be_stored_in_any_exact_way(at: object) -> None:
    """As such, in ISO 8601, or in milliseconds."""
    assert_document(Sale(), SALE | {"at": at})


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 1},
        {"tags": []},
        {"price": {"minor": 12.5, "currency": "EUR"}},
        {"price": {"minor": "1250", "currency": "EUR"}},
        {"price": {"minor": 1250, "currency": "USD"}},
        {"price": {"minor": True, "currency": "EUR"}},
        {"cache": 0.1},
        {"at": None},
        {"at": "noon"},
        {"at": "2026-03-01T12:00:00"},
        {"at": datetime(2026, 3, 1, 12)},  # noqa: DTZ001 - a time without a zone is the mistake
        {"at": datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))},
        {"at": 1772366400},
    ],
)
def test_what_is_lost_or_inexact_is_told(wrong: dict[str, object]) -> None:
    """A number for a text, a float, another currency, a time in no zone or in another one."""
    with pytest.raises(AssertionError):
        assert_document(Sale(), SALE | {"at": Sale().at} | wrong)


def test_texts_are_those_of_every_depth() -> None:
    """Names of fields are none of them."""
    assert texts_of({"a": [{"b": "one"}, ("two",)], "c": 3}) == {"one", "two"}
