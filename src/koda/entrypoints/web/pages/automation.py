"""One automation."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.sentences import sentence
from koda.domain.usecases.catalogue.view_automation import AutomationView, ViewAutomation
from koda.domain.usecases.moderation.moderate_automation import ModerateAutomation
from koda.entrypoints.web.baskets import basket_ids
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.pages.withheld import why_withheld
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class AutomationPages:
    """What a visitor, its buyer, its seller and an admin see of a listing."""

    render: Renderer
    visitors: Visitors
    view: ViewAutomation
    moderate: ModerateAutomation

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/automations/<automation_id>"
        blueprint.add_url_rule(place, "automation", self.automation)
        blueprint.add_url_rule(f"{place}/suspend", "suspend", self.suspend, methods=["POST"])
        blueprint.add_url_rule(f"{place}/reinstate", "reinstate", self.reinstate, methods=["POST"])

    def automation(self, automation_id: str) -> ResponseReturnValue:
        """Show the listing and what the visitor may do with it."""
        principal = self.visitors.current()
        view = self.view(principal, AutomationId(automation_id))
        return self.render(
            "automation",
            item=view.automation,
            preview=view.preview,
            seller=view.seller_name,
            relation=relation(view),
            why=why_withheld(view.purchase, view.automation) if view.purchase else "",
            may_moderate=principal is not None and principal.admin,
        )

    def suspend(self, automation_id: str) -> ResponseReturnValue:
        """Take the listing off sale, as an admin."""
        self.moderate(self.visitors.required(), AutomationId(automation_id), suspended=True)
        leave_message(
            sentence("The listing is suspended. You can put it back on sale at any time.")
        )
        return redirect(link_to("automation", automation_id), 303)

    def reinstate(self, automation_id: str) -> ResponseReturnValue:
        """Put the listing back on sale, as an admin."""
        self.moderate(self.visitors.required(), AutomationId(automation_id), suspended=False)
        leave_message(sentence("The listing is back on sale."))
        return redirect(link_to("automation", automation_id), 303)


def relation(view: AutomationView) -> str:
    """Say what the listing is to the visitor: own, owned, held back, unavailable, to be bought."""
    if view.own:
        return "own"
    if view.purchase is not None and view.purchase.live:
        return "held back" if why_withheld(view.purchase, view.automation) else "owned"
    if not view.automation.for_sale:
        return "unavailable"
    return "in basket" if view.automation.id in basket_ids() else "buy"
