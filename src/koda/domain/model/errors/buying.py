"""Errors of checkout and payment."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class OwnAutomation(Conflict):
    """A seller buying from themselves."""

    code: ClassVar[str] = "own_automation"
    template: ClassVar[str] = translatable("This automation is your own: download it freely.")
    automation_id: str


@define(slots=False, repr=False)
class AlreadyOwned(Conflict):
    """A buyer buying what they have."""

    code: ClassVar[str] = "already_owned"
    template: ClassVar[str] = translatable(
        "You own this automation already; remove it and find it in your library."
    )
    automation_id: str


@define(slots=False, repr=False)
class NotForSale(Conflict):
    """The listing is not published."""

    code: ClassVar[str] = "not_for_sale"
    template: ClassVar[str] = translatable("This automation is not for sale any more.")
    automation_id: str


@define(slots=False, repr=False)
class SellerNotReady(Conflict):
    """The seller cannot be paid, so nothing of theirs can be sold."""

    code: ClassVar[str] = "seller_not_ready"
    template: ClassVar[str] = translatable(
        "Its seller cannot be paid at the moment, so that it cannot be bought."
    )
    seller_id: str


@define(slots=False, repr=False)
class PriceChanged(Conflict):
    """The total that the buyer was shown is no longer the total. Amounts in minor units."""

    code: ClassVar[str] = "price_changed"
    template: ClassVar[str] = translatable(
        "The total has changed since you saw it; look at it again and confirm."
    )
    expected: int
    actual: int
    currency: str


@define(slots=False, repr=False)
class OrderInProgress(Conflict):
    """The same basket is being paid already."""

    code: ClassVar[str] = "order_in_progress"
    template: ClassVar[str] = translatable("You are paying for this already; see order {order_id}.")
    order_id: str
