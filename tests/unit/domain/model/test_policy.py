from datetime import timedelta
from typing import Any

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.model.sizes import ARTIFACT_CEILING


def test_defaults_are_those_of_the_design() -> None:
    """15 %, EUR, 1.00 to 1000.00, 5 and 10 MiB, 10 and 5 minutes, 100 lines, pages of 12."""
    policy = Policy()

    assert (
        policy.fee_basis_points,
        policy.currency,
        policy.minimum_price,
        policy.maximum_price,
    ) == (1500, "EUR", 100, 100_000)
    assert (
        policy.artifact_bytes,
        policy.preview_bytes,
        policy.order_lines,
        policy.page_size,
    ) == (5 * 2**20, 10 * 2**20, 100, 12)
    assert [
        span.total_seconds()
        for span in (policy.upload_lifetime, policy.download_lifetime, policy.catalogue_lifetime)
    ] == [600, 300, 300]


@pytest.mark.parametrize(
    "changes",
    [
        {"fee_basis_points": -1},
        {"fee_basis_points": 10_001},
        {"currency": "euro"},
        {"minimum_price": 0},
        {"minimum_price": 200, "maximum_price": 199},
        {"artifact_bytes": ARTIFACT_CEILING + 1},
        {"preview_bytes": 0},
        {"upload_lifetime": timedelta(0)},
        {"upload_lifetime": timedelta(hours=25)},
        {"download_lifetime": timedelta(minutes=5, seconds=1)},
        {"checkout_lifetime": timedelta(minutes=39)},
        {"checkout_lifetime": timedelta(hours=23, minutes=51)},
        {"checkout_lifetime": timedelta(hours=24)},
        {"order_lines": 101},
        {"page_size": 0},
        {"page_limit": 101},
        {"catalogue_lifetime": timedelta(days=2)},
    ],
)
def test_numbers_out_of_bounds_are_refused(changes: dict[str, Any]) -> None:
    """A marketplace that could not work does not start; the first changed number is named."""
    with pytest.raises(InvalidValue) as refused:
        Policy(**changes)

    assert next(iter(changes)) == refused.value.field


@pytest.mark.parametrize("price", ["1.00", "1000", Money(1250, "EUR")])
def test_prices_within_bounds_are_taken(price: Money | str) -> None:
    """Typed text and amounts alike, both bounds included."""
    assert Policy().read_price(price).currency == "EUR"


@pytest.mark.parametrize(
    "price", ["0.99", "1000.01", "free", "5 USD", Money(1250, "USD"), Money(0, "EUR")]
)
def test_other_prices_are_refused(price: Money | str) -> None:
    """Too low, too high, another currency or no amount."""
    with pytest.raises(InvalidValue, match=r"^price: "):
        Policy().read_price(price)


@pytest.mark.parametrize(
    ("currency", "price", "step"), [("KWD", "1.234", "0.010 KWD"), ("MGA", "5.01", "1.00 MGA")]
)
def test_price_finer_than_anybody_pays_is_refused(currency: str, price: str, step: str) -> None:
    """At the seller's form and not at the buyer's checkout."""
    policy = Policy(currency=currency)

    with pytest.raises(InvalidValue, match=f"price: must be a multiple of {step}"):
        policy.read_price(price)
    assert policy.read_price(f"{price[:3]}0").currency == currency


@pytest.mark.parametrize(("asked", "expected"), [(None, 12), (1, 1), (100, 100)])
def test_page_has_as_many_items_as_asked(asked: int | None, expected: int) -> None:
    """Twelve where nothing is asked."""
    assert expected == Policy().limit(asked)


@pytest.mark.parametrize("asked", [0, -1, 101, 10**9, True, 1.5, "12"])
def test_other_page_sizes_are_refused(asked: Any) -> None:
    """Fewer than one, more than the limit, or no whole number."""
    with pytest.raises(InvalidValue, match=r"^limit: "):
        Policy().limit(asked)
