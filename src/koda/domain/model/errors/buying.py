"""Errors of checkout and payment."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict


@define(slots=False)
class OwnAutomation(Conflict):
    """A seller buying from themselves."""

    code: ClassVar[str] = "own_automation"
    automation_id: str

    @property
    def message(self) -> str:
        return "This automation is your own: download it freely."


@define(slots=False)
class AlreadyOwned(Conflict):
    """A buyer buying what they have."""

    code: ClassVar[str] = "already_owned"
    automation_id: str

    @property
    def message(self) -> str:
        return "You own this automation already; remove it and find it in your library."


@define(slots=False)
class NotForSale(Conflict):
    """The listing is not published."""

    code: ClassVar[str] = "not_for_sale"
    automation_id: str

    @property
    def message(self) -> str:
        return "This automation is not for sale any more."


@define(slots=False)
class SellerNotReady(Conflict):
    """The seller cannot be paid, so nothing of theirs can be sold."""

    code: ClassVar[str] = "seller_not_ready"
    seller_id: str

    @property
    def message(self) -> str:
        return "Its seller cannot be paid at the moment, so that it cannot be bought."


@define(slots=False)
class PriceChanged(Conflict):
    """The total that the buyer was shown is no longer the total. Amounts in minor units."""

    code: ClassVar[str] = "price_changed"
    expected: int
    actual: int
    currency: str

    @property
    def message(self) -> str:
        return "The total has changed since you saw it; look at it again and confirm."


@define(slots=False)
class OrderInProgress(Conflict):
    """The same basket is being paid already."""

    code: ClassVar[str] = "order_in_progress"
    order_id: str

    @property
    def message(self) -> str:
        return f"You are paying for this already; see order {self.order_id}."


@define(slots=False)
class PaymentRefused(Conflict):
    """The payment provider understood the request and will not do it."""

    code: ClassVar[str] = "payment_refused"
    reason: str

    @property
    def message(self) -> str:
        return f"The payment provider refused: {self.reason}."


@define(slots=False)
class PaymentMismatch(Conflict):
    """What was paid is not what was ordered; nothing is handed over, somebody must look.

    `what` names what differs: order, checkout session, payment, amount, seller or fee. The buyer
    may see it, so the provider's own names stay out of it.
    """

    code: ClassVar[str] = "payment_mismatch"
    order_id: str
    what: str

    @property
    def message(self) -> str:
        return f"The payment's {self.what} does not fit order {self.order_id}; write to us."
