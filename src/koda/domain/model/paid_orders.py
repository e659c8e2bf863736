"""What is known of a paid order while its money is moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.payments import Payment

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


@frozen
class PaidOrder:
    """An order and its payment, as they were read; `at` (UTC) is when its money is moved.

    `doubles` are the numbers of the lines that the buyer had already.
    """

    order: "Order"
    payment: Payment
    payment_id: PaymentId
    doubles: tuple[int, ...]
    at: datetime

    @property
    def by_seller(self) -> Iterable[Sequence[OrderLine]]:
        """The lines of each seller, in the order of the sellers' first."""
        lines: dict[UserId, list[OrderLine]] = {}
        for line in self.order.lines:
            lines.setdefault(line.seller_id, []).append(line)
        return lines.values()
