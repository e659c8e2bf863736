"""The money of sellers that does not move."""

from attrs import frozen
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import UserId
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_held_money import ViewHeldMoney
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors


@frozen
class HeldMoneyPages:
    """What is held of everybody's money or of a seller's, why, since when, and what to do."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    authorize: Authorize
    view: ViewHeldMoney

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/held", "held_money", self.held)

    def held(self) -> ResponseReturnValue:
        """Show a page of it under the totals."""
        principal, cursor = self.visitors.required(), asked_cursor(self.cursors)
        self.authorize(principal, Permission.READ_MONEY)
        seller = request.args.get("seller", "").strip()
        listed = self.view(principal, UserId(seller) or None, cursor=cursor)
        query = {"seller": seller} if seller else {}
        return self.render(
            "held_money",
            listed=listed,
            held=[(money, language().say(money.what_to_do)) for money in listed.page.items],
            totals=self.view.totals(principal),
            seller=seller,
            **paging("held_money", self.cursors, listed.page.next_cursor, **query),
            here="admin",
        )
