"""What users are told."""

from attrs import frozen

from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine


@frozen
class Receipt:
    """To a buyer: these lines are paid and in the library."""

    user_id: UserId
    order_id: OrderId
    lines: tuple[OrderLine, ...]
    total: Money


@frozen
class SaleNotice:
    """To a seller: these lines were sold; `net` is on its way."""

    user_id: UserId
    order_id: OrderId
    lines: tuple[OrderLine, ...]
    net: Money


@frozen
class HeldSaleNotice:
    """To a seller: these lines were sold, but the provider refused to pass `net` on to them."""

    user_id: UserId
    order_id: OrderId
    lines: tuple[OrderLine, ...]
    net: Money


@frozen
class DoublePaymentNotice:
    """To a buyer: these lines were paid a second time, and that money goes back."""

    user_id: UserId
    order_id: OrderId
    lines: tuple[OrderLine, ...]
    total: Money


Notice = Receipt | SaleNotice | HeldSaleNotice | DoublePaymentNotice
