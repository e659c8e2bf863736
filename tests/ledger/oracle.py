"""What should be true, told by what buyers did alone: it shares no code with the marketplace."""

from collections.abc import Iterator

from attrs import define, field

from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order

OPEN, PROCESSING, PAID, FAILED, EXPIRED = "open", "processing", "paid", "failed", "expired"
Right = tuple[str, str]
"""A buyer and an automation."""


@define
class Oracle:
    """Every order with the state of its money, as the buyers and the time left it."""

    orders: dict[str, Order] = field(factory=dict)
    states: dict[str, str] = field(factory=dict)

    def opened(self, order: Order) -> None:
        """A buyer was sent to pay `order`, perhaps not for the first time."""
        if order.id not in self.orders:
            self.orders[order.id] = order
            self.states[order.id] = OPEN
        assert self.orders[order.id].lines == order.lines

    def became(self, order: Order, state: str) -> None:
        """The order's money is in another state now."""
        self.states[order.id] = state

    def those(self, state: str) -> list[Order]:
        """The orders whose money is in `state`, oldest first."""
        return [order for name, order in self.orders.items() if self.states[name] == state]

    @property
    def rights(self) -> dict[Right, list[tuple[Order, OrderLine]]]:
        """What was paid for, and by which lines: more than one where it was paid twice."""
        lines: dict[Right, list[tuple[Order, OrderLine]]] = {}
        for order in self.those(PAID):
            for line in order.lines:
                lines.setdefault((order.buyer_id, line.automation_id), []).append((order, line))
        return lines

    @property
    def charged(self) -> int:
        """What all buyers paid, in minor units."""
        return sum(line.price.minor for order in self.those(PAID) for line in order.lines)

    def buyers(self) -> set[str]:
        """Everybody who was sent to pay."""
        return {order.buyer_id for order in self.orders.values()}

    def sellers(self) -> set[tuple[str, str]]:
        """Everybody who may have been paid, with their accounts."""
        return {(line.seller_id, line.account_id) for line in self._lines()}

    def _lines(self) -> Iterator[OrderLine]:
        for order in self.orders.values():
            yield from order.lines
