"""What those with a role may do in the marketplace."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_waiting import ViewWaiting
from koda.domain.usecases.moderation.view_reviews import ViewReviews
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class AdministrationPages:
    """The overview for whoever holds a role: what they may open, and what waits there."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view_waiting: ViewWaiting
    view_reviews: ViewReviews

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin", "admin", self.overview)

    def overview(self) -> ResponseReturnValue:
        """Show it, by the roles that the visitor has now."""
        self.visitors.look_again()
        principal = self.visitors.required()
        self.authorize(principal, Permission.SEE_ADMINISTRATION)
        reads = self.authorize.allows(principal, Permission.READ_MONEY)
        waiting = self.view_waiting(principal) if reads else None
        moderates = self.authorize.allows(principal, Permission.MODERATE_LISTINGS)
        reviewed = self.view_reviews.count(principal) if moderates else None
        return self.render("admin", waiting=waiting, reviewed=reviewed, here="admin")
