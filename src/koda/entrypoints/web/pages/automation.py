"""One automation."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.usecases.catalogue.view_automation import AutomationView, ViewAutomation
from koda.domain.usecases.moderation.moderate_automation import ModerateAutomation
from koda.entrypoints.web.baskets import basket_ids
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.pages.extra_fields import facts
from koda.entrypoints.web.pages.withheld import why_withheld
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class AutomationPages:
    """What a visitor, its buyer, its seller and a moderator see of a listing."""

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
        return self._page(automation_id, {}, ())

    def suspend(self, automation_id: str) -> ResponseReturnValue:
        """Take the listing off sale, as a moderator."""
        news = sentence("The listing is suspended. You can put it back on sale at any time.")
        return self._moderate(automation_id, news, suspended=True)

    def reinstate(self, automation_id: str) -> ResponseReturnValue:
        """Put the listing back on sale, as a moderator."""
        news = sentence("The listing is back on sale.")
        return self._moderate(automation_id, news, suspended=False)

    def _moderate(
        self, automation_id: str, news: Sentence, *, suspended: bool
    ) -> ResponseReturnValue:
        """Do it, or show the listing again with what to change in the form."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        try:
            self.moderate(
                principal, AutomationId(automation_id), typed["reason"], suspended=suspended
            )
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._page(automation_id, typed.values, refusal.faults), refusal.status
        leave_message(news)
        return redirect(link_to("automation", automation_id), 303)

    def _page(self, automation_id: str, form: Mapping[str, str], errors: Sequence[Fault]) -> str:
        view = self.view(self.visitors.current(), AutomationId(automation_id))
        return self.render(
            "automation",
            item=view.automation,
            preview=view.preview,
            extras=tuple(facts(self.render.policy.extras, view.automation.listing.extras)),
            seller=view.seller_name,
            other=self._other(view),
            relation=relation(view),
            why=why_withheld(view.purchase, view.automation) if view.purchase else "",
            form=form,
            errors=errors,
        )

    def _other(self, view: AutomationView) -> Automation | None:
        """What a listing in review is compared with, if everybody may see that."""
        review = view.automation.review
        if review is None or review.other is None:
            return None
        try:
            return self.view(None, review.other).automation
        except NotFound:
            return None


def relation(view: AutomationView) -> str:
    """Say what the listing is to the visitor: own, owned, held back, unavailable, to be bought."""
    if view.own:
        return "own"
    if view.purchase is not None and view.purchase.live:
        return "held back" if why_withheld(view.purchase, view.automation) else "owned"
    if not view.automation.for_sale:
        return "unavailable"
    return "in basket" if view.automation.id in basket_ids() else "buy"
