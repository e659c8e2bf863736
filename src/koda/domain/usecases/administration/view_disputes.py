"""Looking at the disputes that are not decided, and at warnings before any."""

from functools import partial

from attrs import frozen

from koda.domain.model.open_disputes import OpenDispute
from koda.domain.model.open_warnings import OpenWarning, open_warnings
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.paging import every
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.clock import Clock
from koda.ports.orders import Orders

_AT_ONCE = 100
"""Orders that are read at once."""


@frozen(eq=False, repr=False)
class ViewDisputes:
    """Lists open disputes, inquiries and warnings for those who may read others' payments."""

    orders: Orders
    authorize: Authorize
    clock: Clock

    def __call__(self, principal: Principal) -> tuple[OpenDispute, ...]:
        """Return all of them: the soonest deadline first, last those whose deadline is over.

        Every disputed order is read, since no store sorts by deadlines.

        Raises:
            Forbidden: `principal` may not read other people's payments.
        """
        self.authorize(principal, Permission.READ_MONEY)
        now, query = self.clock(), OrderQuery.of(OrderList.DISPUTED)
        disputes = (
            OpenDispute(order, dispute, now)
            for order in every(partial(self.orders.listed, query, _AT_ONCE))
            for dispute in order.settlement.contested
        )
        return tuple(sorted(disputes, key=lambda dispute: dispute.urgency))

    def warned(self, principal: Principal) -> tuple[OpenWarning, ...]:
        """Return the early fraud warnings about payments neither disputed nor refunded whole.

        The orders that were paid last come first.

        Raises:
            Forbidden: `principal` may not read other people's payments.
        """
        self.authorize(principal, Permission.READ_MONEY)
        query = OrderQuery.of(OrderList.WARNED)
        return tuple(
            OpenWarning(order, warning)
            for order in every(partial(self.orders.listed, query, _AT_ONCE))
            for warning in open_warnings(order)
        )
