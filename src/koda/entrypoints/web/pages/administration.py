"""What those with a role may do in the marketplace."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class AdministrationPages:
    """The overview for whoever holds a role: what they may open."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin", "admin", self.overview)

    def overview(self) -> ResponseReturnValue:
        """Show it, by the roles that the visitor has now."""
        self.visitors.look_again()
        self.authorize(self.visitors.required(), Permission.SEE_ADMINISTRATION)
        return self.render("admin", here="admin")
