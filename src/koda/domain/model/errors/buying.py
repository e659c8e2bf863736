"""Errors of checkout and payment."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.errors.templates import PAYMENT_MISMATCH
from koda.domain.model.sentences import Sentence, translatable


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


@define(slots=False, repr=False)
class PaymentRefused(Conflict):
    """The payment provider understood the request and will not do it."""

    code: ClassVar[str] = "payment_refused"
    template: ClassVar[str] = translatable("The payment provider refused: {reason}.")
    reason: Sentence


@define(slots=False, repr=False)
class PaymentMismatch(Conflict):
    """What was paid is not what was ordered; nothing is handed over, somebody must look.

    `what` names what differs: order, checkout session, payment, amount, seller or fee. The buyer
    may see it, so the provider's own names stay out of it.
    """

    code: ClassVar[str] = "payment_mismatch"
    template: ClassVar[str] = translatable(
        "The payment's {what} does not fit order {order_id}; write to us."
    )
    templates: ClassVar[Mapping[str, str]] = PAYMENT_MISMATCH
    order_id: str
    what: str

    @property
    def about(self) -> str:
        return self.what
