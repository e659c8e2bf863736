"""The disputes that are not decided."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.usecases.administration.view_disputes import ViewDisputes
from koda.entrypoints.web.language import language
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class DisputePages:
    """Open disputes and inquiries: of which order, why, by when to answer, and what to do."""

    render: Renderer
    visitors: Visitors
    view: ViewDisputes

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/disputes", "disputes", self.disputes)

    def disputes(self) -> ResponseReturnValue:
        """Show all of them."""
        contested = self.view(self.visitors.required())
        disputes = [(disputed, language().say(disputed.what_to_do)) for disputed in contested]
        return self.render("disputes", disputes=disputes, here="admin")
