"""Looking at everybody's orders, list by list."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.orders import Orders
from koda.ports.people import People


@frozen
class OrdersListed:
    """A page of orders, and what is known of their buyers and of sellers that owe, by id."""

    page: ListPage[Order]
    people: Mapping[UserId, Person]


@frozen(eq=False, repr=False)
class ViewOrders:
    """Lists orders for those who may read other people's payments."""

    orders: Orders
    people: People
    authorize: Authorize
    policy: Policy

    def __call__(
        self,
        principal: Principal,
        query: OrderQuery,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> OrdersListed:
        """Return a page of the orders that `query` asks for, latest first; two reads.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        self.authorize(principal, Permission.READ_MONEY)
        scope = f"orders:{query.label}:{query.since}:{query.until}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.orders.listed(query, self.policy.limit(limit), after)
        owing = {owed.seller_id for order in page.items for owed in order.settlement.owed}
        known = self.people.some({order.buyer_id for order in page.items} | owing)
        return OrdersListed(page.in_list(scope), known)
