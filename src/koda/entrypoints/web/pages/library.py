"""What the visitor bought."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import AutomationId
from koda.domain.usecases.buying.authorize_download import AuthorizeDownload
from koda.domain.usecases.buying.view_library import ViewLibrary
from koda.domain.usecases.buying.view_open_orders import ViewOpenOrders
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.pages.withheld import why_withheld
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors


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
            entries=[(item, why_withheld(item.purchase, item.automation)) for item in page.items],
            under_way=() if cursor else self.under_way(buyer),
            **paging("library", self.cursors, page.next_cursor),
            here="library",
        )

    def download(self, automation_id: str) -> ResponseReturnValue:
        """Mint a link and lead to it."""
        self.visitors.limit("download")
        link = self.authorize(self.visitors.required(), AutomationId(automation_id))
        return redirect(link.url, 303)
