"""Payments as the provider sees them, in Koda's words."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen
from attrs.validators import optional

from koda.domain.model.charges import ChargeRefund
from koda.domain.model.disputes import Dispute
from koda.domain.model.errors import PaymentMismatch
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    EventId,
    FraudWarningId,
    OrderId,
    PaymentId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Undone
from koda.domain.model.paging import Cursor
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.validation import identifier, utc

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


class PaymentState(StrEnum):
    """Where the money of a checkout session is."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


@frozen
class Payment:
    """A checkout session and its money, looked up at the provider.

    `destination` and `fee` are those of a charge that pays one seller directly, and `transfer_id`
    is how it did, once the provider has captured it. `refunds` and
    `disputes` are those of the charge, oldest first, once there is one. `reversals` of its
    transfer are those that no refund made, and `fee_returns` what of its fee went back to the
    seller, oldest first.
    """

    session_id: CheckoutSessionId = field(validator=identifier)
    order_id: OrderId = field(validator=identifier)
    state: PaymentState
    amount: Money
    payment_id: PaymentId | None = field(default=None, validator=optional(identifier))
    destination: AccountId | None = field(default=None, validator=optional(identifier))
    fee: Money | None = None
    refunds: tuple[ChargeRefund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    transfer_id: TransferId | None = field(default=None, validator=optional(identifier))
    reversals: tuple[Undone, ...] = ()
    fee_returns: tuple[Undone, ...] = ()

    @property
    def kept(self) -> Money:
        """The amount less what was given back, or is going back."""
        back = sum(refund.amount.minor for refund in self.refunds if not refund.undone)
        return Money(max(self.amount.minor - back, 0), self.amount.currency)

    @property
    def left(self) -> Money:
        """What is kept less what buyers' banks have taken."""
        taken = sum(dispute.amount.minor for dispute in self.disputes if dispute.taken)
        return Money(max(self.kept.minor - taken, 0), self.amount.currency)

    @property
    def disputed(self) -> bool:
        """Whether a dispute is open or lost; an inquiry, or one that was won, is none."""
        return any(dispute.taken for dispute in self.disputes)

    @property
    def in_dispute(self) -> bool:
        """Whether a dispute is open."""
        return any(dispute.open for dispute in self.disputes)

    def with_refunds(self, made: Iterable[ChargeRefund]) -> "Payment":
        """The payment with refunds that were made, or changed, after it was looked up."""
        refunds = {refund.id: refund for refund in (*self.refunds, *made)}
        return evolve(self, refunds=tuple(refunds.values()))

    def check_session(self, order: "Order") -> None:
        """Raise `PaymentMismatch` if it is not the checkout session of `order`."""
        if self.order_id != order.id:
            raise PaymentMismatch(order.id, "order")
        if order.checkout is not None and order.checkout.id != self.session_id:
            raise PaymentMismatch(order.id, "checkout session")

    def check(self, order: "Order") -> PaymentId:
        """Return the payment's id if it paid for exactly `order`, else raise `PaymentMismatch`."""
        self.check_session(order)
        fee = order.fee if order.destination else None
        facts = (
            ("amount", self.amount, order.total),
            ("seller", self.destination, order.destination),
            ("fee", self.fee, fee),
        )
        for what, paid, ordered in facts:
            if paid != ordered:
                raise PaymentMismatch(order.id, what)
        if self.payment_id is None:
            raise PaymentMismatch(order.id, "payment")
        return self.payment_id


@frozen
class CheckoutChanged:
    """Something happened to a checkout session: paid, failed, expired; look it up."""

    id: EventId = field(validator=identifier)
    name: str
    session_id: CheckoutSessionId = field(validator=identifier)

    @property
    def subject(self) -> str:
        """What the event is about."""
        return self.session_id


@frozen
class AccountChanged:
    """Something happened to a payout account; look it up."""

    id: EventId = field(validator=identifier)
    name: str
    account_id: AccountId = field(validator=identifier)

    @property
    def subject(self) -> str:
        """What the event is about."""
        return self.account_id


@frozen
class ChargeChanged:
    """Something happened to a charge: refunded, disputed, settled; look its payment up."""

    id: EventId = field(validator=identifier)
    name: str
    payment_id: PaymentId = field(validator=identifier)

    @property
    def subject(self) -> str:
        """What the event is about."""
        return self.payment_id


@frozen
class FraudWarned:
    """A card's issuer warned of fraud; look the warning up."""

    id: EventId = field(validator=identifier)
    name: str
    warning_id: FraudWarningId = field(validator=identifier)

    @property
    def subject(self) -> str:
        """What the event is about."""
        return self.warning_id


@frozen
class Unhandled:
    """A verified message about something that Koda does not follow."""

    id: EventId = field(validator=identifier)
    name: str

    @property
    def subject(self) -> str:
        """What the event is about: nothing of Koda's."""
        return ""


Followed = CheckoutChanged | ChargeChanged | AccountChanged | FraudWarned
PaymentEvent = Followed | Unhandled


class EventState(StrEnum):
    """What became of a message."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


@frozen
class InboxEntry:
    """A message in the inbox, kept so that it is done exactly once in effect.

    `attempts` counts how often handling began; `problem` is the last failure.
    """

    event_id: EventId = field(validator=identifier)
    name: str
    subject: str
    state: EventState
    received_at: datetime = field(validator=utc)
    attempts: int = 1
    problem: str | None = None

    @classmethod
    def of(cls, event: PaymentEvent, now: datetime) -> "InboxEntry":
        """The entry of a message that came in at `now`, whose handling begins."""
        return cls(event.id, event.name, event.subject, EventState.OPEN, now)

    @property
    def place(self) -> Cursor:
        """Where it stands in the inbox: by the time at which it came, then by id."""
        return Cursor(to_milliseconds(self.received_at), self.event_id)

    @property
    def waiting(self) -> bool:
        """Whether the message is still to be done."""
        return self.state is not EventState.DONE

    def reopened(self) -> "InboxEntry":
        """The entry as handling begins once more; one that is done stays as it is."""
        if not self.waiting:
            return self
        return evolve(self, state=EventState.OPEN, attempts=self.attempts + 1)

    def done(self) -> "InboxEntry":
        """The entry of a message that took effect."""
        return evolve(self, state=EventState.DONE)

    def failed(self, problem: str) -> "InboxEntry":
        """The entry after handling failed; one that is done stays as it is."""
        return evolve(self, state=EventState.FAILED, problem=problem) if self.waiting else self
