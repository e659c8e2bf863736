"""What sellers owe, and what they are due."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_seller_balances import ViewSellerBalances
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class SellerBalancePages:
    """A table of the sellers who owe something, or are due something that has not moved."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewSellerBalances

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/balances", "seller_balances", self.balances)

    def balances(self) -> ResponseReturnValue:
        """Show it as the books have it now."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        return self.render("seller_balances", listed=self.view(), here="admin")
