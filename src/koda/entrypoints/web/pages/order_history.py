"""Orders, as those see them who may read other people's payments."""

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import OrderId
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_order_history import ViewOrderHistory
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class OrderHistoryPages:
    """Finds an order, and tells its whole history."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewOrderHistory

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/orders", "find_order", self.find)
        blueprint.add_url_rule("/admin/orders/<order_id>", "order_history", self.history)

    def find(self) -> ResponseReturnValue:
        """Ask for an id, and lead to the order that has it."""
        principal, reference = self.visitors.required(), request.args.get("reference", "").strip()
        self.authorize(principal, Permission.READ_MONEY)
        shown = {"form": {"reference": reference}, "here": "admin"}
        if not reference:
            return self.render("find_order", errors=(), **shown)
        try:
            return redirect(link_to("order_history", self.view.find(principal, reference)), 303)
        except NotFound as error:
            refusal = Refusal.of(error)
            return self.render("find_order", errors=refusal.faults, **shown), refusal.status

    def history(self, order_id: str) -> ResponseReturnValue:
        """Show the order, what it became, and each step on the way."""
        history = self.view(self.visitors.required(), OrderId(order_id))
        return self.render("order_history", history=history, order=history.order, here="admin")
