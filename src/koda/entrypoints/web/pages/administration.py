"""What those with a role may do in the marketplace."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import ListPage
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_orders import ViewOrders
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class AdministrationPages:
    """The overview for whoever holds a role: what they may open."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view_orders: ViewOrders

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin", "admin", self.overview)

    def overview(self) -> ResponseReturnValue:
        """Show it, by the roles that the visitor has now."""
        self.visitors.look_again()
        principal = self.visitors.required()
        self.authorize(principal, Permission.SEE_ADMINISTRATION)
        return self.render("admin", unassigned=self._unassigned(principal), here="admin")

    def _unassigned(self, principal: Principal) -> ListPage[Order] | None:
        """The orders with a refund of no line, as many as a page has, for whoever may read them."""
        if not self.authorize.allows(principal, Permission.READ_MONEY):
            return None
        return self.view_orders(principal, OrderQuery.of(OrderList.UNASSIGNED)).page
