"""Looking at all that one paid, or began to pay."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.money import Money
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.ports.orders import Orders
from koda.ports.purchases import Purchases


@frozen
class OwnOrder:
    """An order and what became of its lines, by number; a line that is not bought has no state."""

    order: Order
    states: Mapping[int, PurchaseState]

    @property
    def refunded(self) -> Money:
        """What the buyer got back, or gets."""
        return self.order.refunded

    @property
    def lost(self) -> Money:
        """What their bank gave them back."""
        return self.order.settlement.lost(self.order.currency)

    @property
    def disputed(self) -> Money:
        """What their bank questions: all of a payment of which it questions a part."""
        asked = any(dispute.open for dispute in self.order.settlement.disputes)
        over = self.lost.minor and not asked
        nothing = Money.zero(self.order.currency)
        return nothing if over else self._price_of(PurchaseState.DISPUTED)

    @property
    def revoked(self) -> Money:
        """What was taken back in a dispute."""
        return self._price_of(PurchaseState.REVOKED)

    def _price_of(self, wanted: PurchaseState) -> Money:
        return self.order.price_of(
            {number for number, state in self.states.items() if state is wanted}
        )


@frozen(eq=False, repr=False)
class ViewOwnOrders:
    """Lists a buyer's orders, in whatever state.

    The provider is not asked: where a payment stands that is under way, `ViewOrder` tells.
    """

    orders: Orders
    purchases: Purchases
    policy: Policy

    def __call__(
        self, principal: Principal, cursor: str | None = None, limit: int | None = None
    ) -> ListPage[OwnOrder]:
        """Return a page of `principal`'s orders, latest first; two reads, one if none is paid.

        An order stands where it was paid, or else made.

        Raises:
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        scope = f"own orders:{principal.user_id}"
        after = Cursor.decode(cursor, scope) if cursor else None
        query = OrderQuery.of(OrderList.ALL, principal.user_id)
        page = self.orders.listed(query, self.policy.limit(limit), after)
        paid = [order for order in page.items if order.state is OrderState.PAID]
        ids = [purchase_id for order in paid for purchase_id in _ids_of(order).values()]
        known = self.purchases.some(ids) if ids else {}
        return page.in_list(scope).with_items(
            tuple(OwnOrder(order, _states(order, known)) for order in page.items)
        )


def _ids_of(order: Order) -> Mapping[int, PurchaseId]:
    """What the purchases of an order's lines are called, by number, once they are recorded."""
    return {line.number: Purchase.of(order, line, order.created_at).id for line in order.lines}


def _states(order: Order, known: Mapping[PurchaseId, Purchase]) -> Mapping[int, PurchaseState]:
    ids = _ids_of(order)
    return {number: known[id_].state for number, id_ in ids.items() if id_ in known}
