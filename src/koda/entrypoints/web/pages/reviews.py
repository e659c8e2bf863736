"""Listings in review, and what is decided about them."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import WrongState
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.usecases.moderation.decide_review import DecideReview
from koda.domain.usecases.moderation.view_review import ViewReview
from koda.domain.usecases.moderation.view_reviews import ViewReviews
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import asked_cursor, link_to, paging
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors

_DECIDED = sentence("This listing is no longer in review, so nothing was changed.")


@frozen
class ReviewPages:
    """The list of what waits, that which waits longest first, and one of them with its form."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    list: ViewReviews
    view: ViewReview
    decide: DecideReview

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/admin/reviews/<automation_id>"
        blueprint.add_url_rule("/admin/reviews", "reviews", self.reviews)
        blueprint.add_url_rule(place, "review", self.review)
        blueprint.add_url_rule(f"{place}/approve", "approve", self.approve, methods=["POST"])
        blueprint.add_url_rule(f"{place}/reject", "reject", self.reject, methods=["POST"])

    def reviews(self) -> ResponseReturnValue:
        """Show a page of what waits."""
        principal, cursor = self.visitors.required(), asked_cursor(self.cursors)
        listed = self.list(principal, cursor)
        following = paging("reviews", self.cursors, listed.page.next_cursor)
        return self.render("reviews", listed=listed, **following, here="admin")

    def review(self, automation_id: str) -> ResponseReturnValue:
        """Show a listing beside the one that it is compared with, and the form."""
        return self._page(automation_id, {}, ())

    def approve(self, automation_id: str) -> ResponseReturnValue:
        """Put it on sale, or say why not."""
        news = sentence("The listing is on sale. Its seller is told.")
        return self._decide(automation_id, news, approved=True)

    def reject(self, automation_id: str) -> ResponseReturnValue:
        """Suspend it, or say why not."""
        news = sentence("The listing is suspended. Its seller is told.")
        return self._decide(automation_id, news, approved=False)

    def _decide(self, automation_id: str, news: Sentence, *, approved: bool) -> ResponseReturnValue:
        principal, typed = self.visitors.required(), Typed.read("reason", "seen")
        reason, seen = typed["reason"], typed["seen"]
        try:
            self.decide(
                principal, AutomationId(automation_id), reason, approved=approved, seen=seen
            )
        except WrongState:
            leave_message(_DECIDED, "bad")
            return redirect(link_to("reviews"), 303)
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._page(automation_id, typed.values, refusal.faults), refusal.status
        leave_message(news)
        return redirect(link_to("reviews"), 303)

    def _page(self, automation_id: str, form: Mapping[str, str], errors: Sequence[Fault]) -> str:
        view = self.view(self.visitors.required(), AutomationId(automation_id))
        return self.render("review", view=view, form=form, errors=errors, here="admin")
