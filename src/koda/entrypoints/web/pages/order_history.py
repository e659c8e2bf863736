"""An order, as those see it who may read other people's payments."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import OrderId
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_order_history import ViewOrderHistory
from koda.entrypoints.web.book_words import CAUSES
from koda.entrypoints.web.language import language
from koda.entrypoints.web.pages.refund_obstacles import barred_lines
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class OrderHistoryPages:
    """Tells an order's whole history."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewOrderHistory

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/orders/<order_id>", "order_history", self.history)

    def history(self, order_id: str) -> ResponseReturnValue:
        """Show the order, what it became, and each step on the way."""
        principal = self.visitors.required()
        history = self.view(principal, OrderId(order_id))
        assigns = self.authorize.allows(principal, Permission.REFUND_ANY_AMOUNT)
        return self.render(
            "order_history",
            history=history,
            order=history.order,
            barred=barred_lines(history.order, principal, assigns=assigns),
            assigns=assigns,
            visitor_id=principal.user_id,
            writes_off=self.authorize.allows(principal, Permission.WRITE_OFF_DEBTS),
            causes={cause: language().text(words) for cause, words in CAUSES.items()},
            here="admin",
        )
