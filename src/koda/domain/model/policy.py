"""The marketplace's own numbers, and what its listings are of."""

from datetime import timedelta
from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.extras import ExtraField, check_extra_fields
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.money import BASIS_POINTS, Money, step_of
from koda.domain.model.platforms import (
    CATEGORIES,
    PLATFORMS,
    Platform,
    check_categories,
    check_platforms,
)
from koda.domain.model.sentences import sentence
from koda.domain.model.sizes import ARTIFACT_CEILING, KIBIBYTE, MEBIBYTE
from koda.domain.model.validation import Validator, integer
from koda.domain.model.validation import currency as check_currency

SCRIPT_CEILING = 256 * KIBIBYTE
"""Bytes of a `.py` file, whatever the settings say."""


def _span(minimum: timedelta, maximum: timedelta) -> Validator:
    def check(_: object, attribute: "Attribute[Any]", value: Any) -> None:
        if not minimum <= value <= maximum:
            raise InvalidValue(
                attribute.name,
                sentence(
                    "must be between {minimum} and {maximum}", minimum=minimum, maximum=maximum
                ),
            )

    return check


@frozen(kw_only=True)
class Policy:
    """Fee, currency, limits and lifetimes of one marketplace, and what its listings are of.

    Prices in minor units of `currency`, sizes in bytes, the fee in basis points of a line's price.
    """

    fee_basis_points: int = field(default=1500, validator=integer(0, BASIS_POINTS))
    currency: str = field(default="EUR", validator=check_currency)
    minimum_price: int = field(default=100, validator=integer(1, 10**12))
    maximum_price: int = field(default=100_000, validator=integer(1, 10**12))
    artifact_bytes: int = field(default=5 * MEBIBYTE, validator=integer(1, ARTIFACT_CEILING))
    script_bytes: int = field(default=SCRIPT_CEILING, validator=integer(1, SCRIPT_CEILING))
    preview_bytes: int = field(default=10 * MEBIBYTE, validator=integer(1, ARTIFACT_CEILING))
    upload_lifetime: timedelta = field(
        default=timedelta(minutes=10), validator=_span(timedelta(seconds=1), timedelta(hours=24))
    )
    download_lifetime: timedelta = field(
        default=timedelta(minutes=5), validator=_span(timedelta(seconds=1), timedelta(minutes=5))
    )
    checkout_lifetime: timedelta = field(
        default=timedelta(hours=1),
        validator=_span(timedelta(minutes=40), timedelta(hours=23, minutes=50)),
    )
    """Stripe takes 30 minutes to 24 hours by its own clock (Checkout Session, `expires_at`): ten
    minutes of room at both ends, for clocks that differ and a checkout that was interrupted."""
    order_lines: int = field(default=100, validator=integer(1, 100))
    """Stripe takes at most 100 line items in payment mode."""
    support_refund: int = field(default=10_000, validator=integer(0, 10**12))
    """The most that the support may refund of an order, with what admins refunded of it."""
    refund_window: timedelta = field(
        default=timedelta(days=14), validator=_span(timedelta(0), timedelta(days=365))
    )
    """How long after the payment a buyer may ask for a refund; 0 lets nobody ask."""
    refund_answer: timedelta = field(
        default=timedelta(days=5), validator=_span(timedelta(hours=1), timedelta(days=90))
    )
    """How long a seller has to answer such a request before it is overdue."""
    page_size: int = field(default=12, validator=integer(1, 100))
    page_limit: int = field(default=100, validator=integer(1, 100))
    catalogue_lifetime: timedelta = field(
        default=timedelta(minutes=5), validator=_span(timedelta(0), timedelta(days=1))
    )

    payload_lifetime: timedelta = field(
        default=timedelta(days=180),
        validator=_span(timedelta(days=30), timedelta(days=3650)),
    )
    """How long the bytes of a provider's message are kept after it was handled.

    Card networks let a buyer dispute a payment for 120 days as a rule, and evidence is due within
    7 to 21 days more: https://docs.stripe.com/disputes/how-disputes-work. The rest is room."""

    categories: tuple[str, ...] = field(default=CATEGORIES, validator=check_categories)
    platforms: tuple[Platform, ...] = field(default=PLATFORMS, validator=check_platforms)
    extras: tuple[ExtraField, ...] = field(default=(), validator=check_extra_fields)
    """What new and revised listings may be of; earlier ones may be of others."""

    def __attrs_post_init__(self) -> None:
        if self.minimum_price > self.maximum_price:
            raise InvalidValue("minimum_price", sentence("must not be above maximum_price"))

    @property
    def platform_names(self) -> tuple[str, ...]:
        """The names of the platforms, in their order."""
        return tuple(platform.name for platform in self.platforms)

    def format_of(self, platform: str) -> FileFormat:
        """What files of the platform of this name are read as; of an unknown one, nothing."""
        formats = {known.name: known.file_format for known in self.platforms}
        return formats.get(platform, FileFormat.NONE)

    def read_price(self, price: Money | str) -> Money:
        """Return `price`, parsed if it is text, if this marketplace takes it.

        Raises:
            InvalidValue: not an amount, another currency, too low, too high or too fine.
        """
        if isinstance(price, str):
            price = Money.parse(price, self.currency)
        lowest, highest = self.money(self.minimum_price), self.money(self.maximum_price)
        if price.currency != self.currency:
            raise InvalidValue("price", sentence("must be in {currency}", currency=self.currency))
        if not lowest <= price <= highest:
            raise InvalidValue(
                "price",
                sentence("must be between {lowest} and {highest}", lowest=lowest, highest=highest),
            )
        step = step_of(self.currency)
        if price.minor % step.minor:
            raise InvalidValue(
                "price",
                sentence("must be a multiple of {step}, which is the least paid", step=step),
            )
        return price

    def money(self, minor: int) -> Money:
        """An amount of `minor` units in the marketplace's currency."""
        return Money(minor, self.currency)

    def limit(self, asked: int | None) -> int:
        """How many items a page has: as `asked`, at most `page_limit`; `page_size` by default.

        Raises:
            InvalidValue: fewer than one or more than `page_limit` are asked for.
        """
        if asked is None:
            return self.page_size
        if type(asked) is not int or not 1 <= asked <= self.page_limit:
            raise InvalidValue(
                "limit",
                sentence(
                    "must be a whole number from 1 to {page_limit}", page_limit=self.page_limit
                ),
            )
        return asked
