"""What the visitor bought."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import AutomationState
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.sentences import sentence
from koda.domain.usecases.buying.authorize_download import AuthorizeDownload
from koda.domain.usecases.buying.view_library import LibraryItem, ViewLibrary
from koda.domain.usecases.buying.view_open_orders import ViewOpenOrders
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.pages.automation import DISPUTED, SUSPENDED
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors

_WHY = {
    PurchaseState.DISPUTED: DISPUTED,
    PurchaseState.REFUNDED: sentence(
        "You got your money back, so the file can no longer be downloaded."
    ),
    PurchaseState.REVOKED: sentence(
        "Its payment was taken back in a dispute, so it is no longer yours."
    ),
}


@frozen
class LibraryPages:
    """Purchases and their downloads."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    view: ViewLibrary
    under_way: ViewOpenOrders
    authorize: AuthorizeDownload

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/library", "library", self.library)
        place = "/library/<automation_id>/download"
        blueprint.add_url_rule(place, "download", self.download, methods=["POST"])

    def library(self) -> ResponseReturnValue:
        """Show a page of purchases, newest first."""
        cursor = asked_cursor(self.cursors)
        buyer = self.visitors.required()
        page = self.view(buyer, cursor)
        return self.render(
            "library",
            entries=[(item, why_not(item)) for item in page.items],
            under_way=() if cursor else self.under_way(buyer),
            **paging("library", self.cursors, page.next_cursor),
            here="library",
        )

    def download(self, automation_id: str) -> ResponseReturnValue:
        """Mint a link and lead to it."""
        self.visitors.limit("download")
        link = self.authorize(self.visitors.required(), AutomationId(automation_id))
        return redirect(link.url, 303)


def why_not(item: LibraryItem) -> str:
    """Say why a purchase cannot be downloaded now, if so."""
    if item.purchase.state is not PurchaseState.ACTIVE:
        return language().say(_WHY[item.purchase.state])
    suspended = item.automation.state is AutomationState.SUSPENDED
    return language().say(SUSPENDED) if suspended else ""
