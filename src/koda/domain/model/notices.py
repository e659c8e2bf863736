"""What users are told."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.events import DomainEventId
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine


@frozen
class OrderNotice:
    """To a user about these lines of an order.

    `id` is that of the domain event that it follows from, by which one that is sent again is told
    from another one; `occurred_at` (UTC) is when that happened.
    """

    id: DomainEventId
    occurred_at: datetime
    user_id: UserId
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


Notice = Receipt | SaleNotice | HeldSaleNotice | DoublePaymentNotice
