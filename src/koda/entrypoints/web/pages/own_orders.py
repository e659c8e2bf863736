"""What the visitor paid, and what went back."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.usecases.buying.view_own_orders import ViewOwnOrders
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors


@frozen
class OwnOrderPages:
    """Every order of the visitor's, with what was refunded or is disputed of it."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    view: ViewOwnOrders

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/orders", "orders", self.orders)

    def orders(self) -> ResponseReturnValue:
        """Show a page of orders, latest first."""
        cursor = asked_cursor(self.cursors)
        page = self.view(self.visitors.required(), cursor)
        return self.render(
            "orders",
            orders=page.items,
            **paging("orders", self.cursors, page.next_cursor),
            here="library",
        )
