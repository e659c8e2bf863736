"""Lists of everybody's orders, and the search for one."""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.model.validation import choice
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_order_history import ViewOrderHistory
from koda.domain.usecases.administration.view_orders import OrdersListed, ViewOrders
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.links import asked_cursor, link_to, paging
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.words import word
from koda.entrypoints.wiring.cursors import Cursors
from koda.ports.clock import Clock

_NARROWING = ("state", "buyer", "from", "to")
"""The fields of the form that leave out some orders."""


@frozen
class OrderListPages:
    """Everybody's orders, latest first, by state, buyer and days; finds one by any of its ids."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    authorize: Authorize
    view: ViewOrders
    history: ViewOrderHistory
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/orders", "admin_orders", self.orders)

    def orders(self) -> ResponseReturnValue:
        """Show a page of the list that is asked for, or lead to what has the id that is."""
        principal, cursor = self.visitors.required(), asked_cursor(self.cursors)
        self.authorize(principal, Permission.READ_MONEY)
        reference = request.args.get("reference", "").strip()
        if reference:
            return self._found(principal, reference)
        days = AskedDays.of_request()
        asked = {name: request.args.get(name, "").strip() for name in ("state", "buyer")}
        form = {**asked, **days.typed}
        try:
            period = days.period(self.clock())
            query = OrderQuery.of(
                choice("state", OrderList, asked["state"] or OrderList.ALL),
                UserId(asked["buyer"]) or None,
            )
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(form, errors=refusal.faults), refusal.status
        if days.some:
            query = query.between(period.since, period.until)
        listed = self.view(principal, query, cursor=cursor)
        told = {name: value for name, value in asked.items() if value} | days.query
        return self._page(form, listed, told)

    def _found(self, principal: Principal, reference: str) -> ResponseReturnValue:
        """Lead to the order, or to the orders of the buyer, of that id."""
        try:
            return redirect(link_to("order_history", self.history.find(principal, reference)), 303)
        except NotFound as error:
            bought = OrderQuery.of(OrderList.ALL, UserId(reference))
            if self.view(principal, bought, limit=1).page.items:
                return redirect(link_to("admin_orders", buyer=reference), 303)
            refusal = Refusal.of(error)
            return self._page({"reference": reference}, errors=refusal.faults), refusal.status

    def _page(
        self,
        form: dict[str, str],
        listed: OrdersListed | None = None,
        query: dict[str, str] | None = None,
        errors: Sequence[Fault] = (),
    ) -> str:
        following = listed.page.next_cursor if listed else None
        shown: dict[str, Any] = {
            "listed": listed,
            "form": {"state": OrderList.ALL.value, "zone": "UTC"} | _filled(form),
            "narrowed": any(form.get(name) for name in _NARROWING),
            "errors": errors,
            "states": [(which.value, word(which)) for which in OrderList],
        }
        pages = paging("admin_orders", self.cursors, following, **(query or {}))
        return self.render("admin_orders", **shown, **pages, here="admin")


def _filled(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if value}
