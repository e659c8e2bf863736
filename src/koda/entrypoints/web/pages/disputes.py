"""The disputes that are not decided, and the evidence for each."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import DisputeId, OrderId
from koda.domain.model.roles import Permission
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_disputes import ViewDisputes
from koda.domain.usecases.money.submit_evidence import SubmitEvidence
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class DisputePages:
    """Open disputes and inquiries: of which order, why, by when to answer, and the answer."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewDisputes
    submit: SubmitEvidence

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/disputes", "disputes", self.disputes)
        answer = "/admin/orders/<order_id>/disputes/<dispute_id>"
        blueprint.add_url_rule(answer, "evidence", self.evidence)
        blueprint.add_url_rule(answer, "evidence_sent", self.evidence_sent, methods=["POST"])

    def disputes(self) -> ResponseReturnValue:
        """Show all of them."""
        principal = self.visitors.required()
        contested = self.view(principal)
        return self.render(
            "disputes",
            disputes=[(disputed, language().say(disputed.what_to_do)) for disputed in contested],
            warnings=[
                (warned, language().say(warned.what_to_do))
                for warned in self.view.warned(principal)
            ],
            answers=self.authorize.allows(principal, Permission.ANSWER_DISPUTES),
            here="admin",
        )

    def evidence(self, order_id: str, dispute_id: str) -> ResponseReturnValue:
        """Show what would be sent, and ask why."""
        return self._answering(OrderId(order_id), DisputeId(dispute_id), {}, ())

    def evidence_sent(self, order_id: str, dispute_id: str) -> ResponseReturnValue:
        """Send it, or say why not."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        about = OrderId(order_id), DisputeId(dispute_id)
        try:
            self.submit(principal, *about, typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._answering(*about, typed.values, refusal.faults), refusal.status
        leave_message(sentence("The evidence was sent. The bank decides."))
        return redirect(link_to("disputes"), 303)

    def _answering(
        self,
        order_id: OrderId,
        dispute_id: DisputeId,
        form: Mapping[str, str],
        errors: Sequence[Fault],
    ) -> str:
        offer = self.submit.offer(self.visitors.required(), order_id, dispute_id)
        return self.render("evidence", offer=offer, form=form, errors=errors, here="admin")
