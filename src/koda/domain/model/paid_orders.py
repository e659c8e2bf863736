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
    from koda.domain.model.purchases import Purchase


@frozen
class UnsoldLines:
    """The lines of an order that its payment does not sell, by number: their money goes back.

    `doubles` are those that the buyer had already, `undeliverable` others that were suspended.
    """

    doubles: tuple[int, ...] = ()
    undeliverable: tuple[int, ...] = ()

    @classmethod
    def of(cls, purchases: "Iterable[Purchase]") -> "UnsoldLines":
        """Those of the recorded purchases of an order."""
        recorded = tuple(purchases)
        return cls(
            tuple(purchase.line for purchase in recorded if purchase.double),
            tuple(
                purchase.line
                for purchase in recorded
                if purchase.undeliverable and not purchase.double
            ),
        )

    def __contains__(self, number: int) -> bool:
        return number in self.doubles or number in self.undeliverable


@frozen
class PaidOrder:
    """An order and its payment, as they were read; `at` (UTC) is when its money is moved."""

    order: "Order"
    payment: Payment
    payment_id: PaymentId
    unsold: UnsoldLines
    at: datetime

    @property
    def by_seller(self) -> Iterable[Sequence[OrderLine]]:
        """The lines of each seller, in the order of the sellers' first."""
        lines: dict[UserId, list[OrderLine]] = {}
        for line in self.order.lines:
            lines.setdefault(line.seller_id, []).append(line)
        return lines.values()
