"""Looking at what was sold and not paid out, or must be given back."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.settlements import HeldShare, OwedShare
from koda.ports.orders import Orders

MOST_SHOWN = 20


@frozen
class HeldSale:
    """What a seller did not get yet of one order, which was paid at `sold_at` (UTC)."""

    order_id: OrderId
    sold_at: datetime
    titles: tuple[str, ...]
    net: Money
    reason: HoldReason

    @classmethod
    def of(cls, order: Order, share: HeldShare) -> "HeldSale":
        """What is the seller's to know of a share."""
        titles = tuple(line.title for line in order.lines if line.number in share.lines)
        sold_at = order.paid_at or order.created_at
        return cls(order.id, sold_at, titles, share.net, share.reason)


@frozen
class OwedSale:
    """What a seller owes of one order, which was paid at `sold_at` (UTC)."""

    order_id: OrderId
    sold_at: datetime
    titles: tuple[str, ...]
    amount: Money

    @classmethod
    def of(cls, order: Order, share: OwedShare) -> "OwedSale":
        """What is the seller's to know of a debt."""
        titles = tuple(line.title for line in order.lines if line.seller_id == share.seller_id)
        return cls(order.id, order.paid_at or order.created_at, titles, share.amount)


@frozen(eq=False, repr=False)
class ViewHeldSales:
    """Shows a seller what was sold and is held, and why, and what they owe."""

    orders: Orders

    def __call__(self, principal: Principal) -> tuple[HeldSale, ...]:
        """Return what is held of `principal`'s, of the latest twenty orders; one read."""
        query = OrderQuery.holding_from(principal.user_id)
        return tuple(
            HeldSale.of(order, share)
            for order in self.orders.listed(query, MOST_SHOWN).items
            for share in order.settlement.held
            if share.seller_id == principal.user_id
        )

    def owed(self, principal: Principal) -> tuple[OwedSale, ...]:
        """Return what `principal` owes, of the latest twenty orders; one read."""
        query = OrderQuery.owed_by(principal.user_id)
        orders = self.orders.listed(query, MOST_SHOWN).items
        shares = ((order, order.settlement.owed_by(principal.user_id)) for order in orders)
        return tuple(OwedSale.of(order, share) for order, share in shares if share is not None)
