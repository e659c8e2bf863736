"""What users are told."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from koda.domain.model.disputes import DisputeState
from koda.domain.model.event import DomainEventId
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import AutomationId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine


@frozen
class UserNotice:
    """To a user.

    `id` is that of the domain event that it follows from, with the user's where it tells several,
    by which one that is sent again is told from another one; `occurred_at` (UTC) is when that
    happened.
    """

    id: DomainEventId
    occurred_at: datetime
    user_id: UserId


@frozen
class OrderNotice(UserNotice):
    """To a user about these lines of an order."""

    order_id: OrderId
    lines: tuple[OrderLine, ...]


@frozen
class Receipt(OrderNotice):
    """To a buyer: these lines are paid and in the library."""

    total: Money


@frozen
class SaleNotice(OrderNotice):
    """To a seller: these lines were sold; `net` is on its way."""

    net: Money


@frozen
class HeldSaleNotice(OrderNotice):
    """To a seller: these lines were sold, but `net` is not passed on to them, for `reason`."""

    net: Money
    reason: HoldReason


@frozen
class DoublePaymentNotice(OrderNotice):
    """To a buyer: these lines were paid a second time, and that money goes back."""

    total: Money


@frozen
class UndeliverableNotice(OrderNotice):
    """To a buyer: these lines were taken off sale before they were paid: that money goes back."""

    total: Money


@frozen
class UndeliveredSaleNotice(OrderNotice):
    """To a seller: these lines of theirs were paid while they were off sale: that goes back."""

    total: Money


@frozen
class RefundNotice(OrderNotice):
    """To a buyer: `amount` of what they paid for a line went back to them."""

    amount: Money


@frozen
class RefundedSaleNotice(OrderNotice):
    """To a seller: `amount` of what was paid for a line went back, and `net` of it was theirs.

    `owed` is what of this order they owe, since their account did not hold it.
    """

    amount: Money
    net: Money
    owed: Money


@frozen
class RefundRequestNotice(OrderNotice):
    """To a seller: a buyer asks for a refund of a line, for `reason`; answer by `answer_by` (UTC).

    Nobody refunds it by itself.
    """

    reason: str
    answer_by: datetime


@frozen
class RefundAnswerNotice(OrderNotice):
    """To a buyer: the refund of a line that they asked for is `granted` or refused, for `reason`.

    `part` is how much goes back, where something is left. Of money that arrived a `RefundNotice`
    tells.
    """

    granted: bool
    reason: str
    part: Money | None = None


@frozen
class DisputeNotice(OrderNotice):
    """To a seller: the payment of these lines is questioned, or that was decided: see `state`.

    `net` is their part of all of these lines, and `amount` what the bank questions. The marketplace
    has until `due_by` (UTC) to answer; once it is decided, there is no such time.
    """

    net: Money
    state: DisputeState
    due_by: datetime | None
    amount: Money


class Moderation(StrEnum):
    """What a moderator did about a listing."""

    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    APPROVED = "approved"
    REJECTED = "rejected"


@frozen
class ListingNotice(UserNotice):
    """To a seller: what a moderator did about a listing of theirs, and the `reason` they gave."""

    automation_id: AutomationId
    title: str
    done: Moderation
    reason: str


Notice = (
    Receipt
    | SaleNotice
    | HeldSaleNotice
    | DoublePaymentNotice
    | UndeliverableNotice
    | UndeliveredSaleNotice
    | RefundNotice
    | RefundedSaleNotice
    | RefundRequestNotice
    | RefundAnswerNotice
    | DisputeNotice
    | ListingNotice
)
