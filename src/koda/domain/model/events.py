"""Domain events: what happened, told by the transition that made it happen."""

from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.event import Event
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import (
    AccountId,
    AutomationId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
    PurchaseId,
    RefundId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier, utc


@frozen(kw_only=True)
class LinesEvent(Event):
    """Something happened to `lines` (their numbers) of an order, which cost `total` together."""

    order_id: OrderId = field(validator=identifier)
    buyer_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    total: Money


@frozen(kw_only=True)
class OrderPaid(LinesEvent):
    """An order was paid; `lines` are the buyer's now."""

    payment_id: PaymentId = field(validator=identifier)


@frozen(kw_only=True)
class LinesPaidTwice(LinesEvent):
    """An order was paid of which the buyer had `lines` already: `total` goes back."""


@frozen(kw_only=True)
class LinesUndeliverable(LinesEvent):
    """An order was paid of which `lines` had been suspended meanwhile: `total` goes back."""


@frozen(kw_only=True)
class SharePaid(Event):
    """A seller's share of an order, for `lines`, is theirs at the provider."""

    order_id: OrderId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money


@frozen(kw_only=True)
class ShareHeld(Event):
    """A seller's share of an order, for `lines`, is not passed on to them, for `reason`."""

    order_id: OrderId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money
    reason: HoldReason


@frozen(kw_only=True)
class LineEvent(Event):
    """Something happened to a line of an order."""

    order_id: OrderId = field(validator=identifier)
    line: int
    buyer_id: UserId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)


@frozen(kw_only=True)
class LineRefunded(LineEvent):
    """`amount` of a line of an order is with its buyer again; `fee` of it was the marketplace's."""

    refund_id: RefundId = field(validator=identifier)
    amount: Money
    fee: Money


@frozen(kw_only=True)
class RefundRequestChanged(LineEvent):
    """A buyer asks for a refund of a line, or that came to an end: `state`, a `RequestState`."""

    state: str


@frozen(kw_only=True)
class DisputeChanged(Event):
    """A dispute of an order's payment is known, or stands elsewhere: `state`, a `DisputeState`.

    `lines` are those that the buyer had got before. Evidence must be at the provider by `due_by`
    (UTC), if there is such a time: a dispute that is decided has none.
    """

    order_id: OrderId = field(validator=identifier)
    lines: tuple[int, ...]
    dispute_id: DisputeId = field(validator=identifier)
    amount: Money
    state: str
    due_by: datetime | None = field(default=None, validator=optional(utc))


@frozen(kw_only=True)
class FraudSuspected(Event):
    """A card's issuer warned, at `warned_at` (UTC), that somebody else may have paid an order.

    `suspicion` is the provider's word for what the issuer fears. Nobody disputes the payment yet.
    """

    order_id: OrderId = field(validator=identifier)
    warning_id: FraudWarningId = field(validator=identifier)
    suspicion: str = field(validator=identifier)
    warned_at: datetime = field(validator=utc)


@frozen(kw_only=True)
class OrderClosed(Event):
    """An order will not be paid: `state` is `expired` or `failed`."""

    order_id: OrderId = field(validator=identifier)
    buyer_id: UserId = field(validator=identifier)
    state: str


@frozen(kw_only=True)
class PurchaseEvent(LineEvent):
    """Something happened to a buyer's right to an automation, made by `line` of an order."""

    purchase_id: PurchaseId = field(validator=identifier)
    automation_id: AutomationId = field(validator=identifier)
    price: Money
    fee: Money


@frozen(kw_only=True)
class PurchaseRecorded(PurchaseEvent):
    """A buyer has an automation from now on."""


@frozen(kw_only=True)
class PurchaseRefunded(PurchaseEvent):
    """A buyer's money went back, and with it the automation."""


@frozen(kw_only=True)
class AccessSuspended(PurchaseEvent):
    """A buyer's bank disputes the payment: the automation cannot be downloaded."""


@frozen(kw_only=True)
class AccessRestored(PurchaseEvent):
    """A buyer has an automation again: a dispute was won, or a refund failed."""


@frozen(kw_only=True)
class ListingEvent(Event):
    """Something happened to a listing, which the catalogue may show."""

    automation_id: AutomationId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)


@frozen(kw_only=True)
class ListingPublished(ListingEvent):
    """A listing is for sale."""


@frozen(kw_only=True)
class ListingRevised(ListingEvent):
    """What is said of a listing changed, or its price or its picture."""


@frozen(kw_only=True)
class VersionReleased(ListingEvent):
    """A listing has a new release, of `released`, such as `1.1.0`."""

    released: str


@frozen(kw_only=True)
class ListingWithdrawn(ListingEvent):
    """A seller took a listing off sale for good."""


@frozen(kw_only=True)
class ListingSuspended(ListingEvent):
    """A moderator stopped the sale and the downloads of a listing; its seller reads `why`."""

    why: str


@frozen(kw_only=True)
class ListingReinstated(ListingEvent):
    """A moderator put a suspended listing back on sale; its seller reads `why`."""

    why: str


@frozen(kw_only=True)
class ListingHeld(ListingEvent):
    """A listing is in review, and not for sale until a moderator decides; `review` is its kind."""

    review: str


@frozen(kw_only=True)
class ListingApproved(ListingEvent):
    """A moderator put a listing that was in review on sale; its seller reads `why`."""

    why: str


@frozen(kw_only=True)
class ListingRejected(ListingEvent):
    """A moderator suspended a listing that was in review; its seller reads `why`."""

    why: str


@frozen(kw_only=True)
class PayoutAccountOpened(Event):
    """A user became a seller, with an account at the payment provider."""

    user_id: UserId = field(validator=identifier)
    account_id: AccountId = field(validator=identifier)


@frozen(kw_only=True)
class PayoutStatusChanged(Event):
    """What a seller's account allows changed: `status` is `pending`, `ready` or `restricted`."""

    user_id: UserId = field(validator=identifier)
    account_id: AccountId = field(validator=identifier)
    status: str


DomainEvent = (
    OrderPaid
    | LinesPaidTwice
    | LinesUndeliverable
    | SharePaid
    | ShareHeld
    | LineRefunded
    | RefundRequestChanged
    | DisputeChanged
    | FraudSuspected
    | OrderClosed
    | PurchaseRecorded
    | PurchaseRefunded
    | AccessSuspended
    | AccessRestored
    | ListingPublished
    | ListingRevised
    | VersionReleased
    | ListingWithdrawn
    | ListingSuspended
    | ListingReinstated
    | ListingHeld
    | ListingApproved
    | ListingRejected
    | PayoutAccountOpened
    | PayoutStatusChanged
)
