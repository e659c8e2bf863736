"""Orders beside their payments at the provider, when somebody asks."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue
from koda.domain.model.reconciliations import Reconciled
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.reconcile_by_hand import ReconcileByHand
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.language import language
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.ports.clock import Clock


@frozen
class ReconciliationPages:
    """What comparing some days would come to, and the form that records what is missing."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    reconcile: ReconcileByHand
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/admin/reconciliation"
        blueprint.add_url_rule(place, "reconciliation", self.compared)
        blueprint.add_url_rule(place, "reconciliation_done", self.recorded, methods=["POST"])

    def compared(self) -> ResponseReturnValue:
        """Ask for the days; then look, and record nothing."""
        principal, asked = self.visitors.required(), AskedDays.of_request()
        self.authorize(principal, Permission.READ_MONEY)
        if not asked.some:
            today = self.clock().date()
            return self._page(asked.or_else(today, today))
        try:
            return self._page(asked, self.reconcile.look(principal, asked.period(self.clock())))
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(asked, errors=refusal.faults), refusal.status

    def recorded(self) -> ResponseReturnValue:
        """Record what is not in step, and show what is left."""
        principal, asked = self.visitors.required(), AskedDays.of_request()
        typed = Typed.read("reason")
        try:
            done = self.reconcile(principal, asked.period(self.clock()), typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._page(asked, None, refusal.faults, typed.values), refusal.status
        return self._page(asked, done, done=True)

    def _page(
        self,
        asked: AskedDays,
        compared: Reconciled | None = None,
        errors: Sequence[Fault] = (),
        typed: Mapping[str, str] | None = None,
        *,
        done: bool = False,
    ) -> str:
        return self.render(
            "reconciliation",
            compared=compared,
            findings=[
                (finding, language().say(finding.message), language().say(finding.what_to_do))
                for finding in (compared.findings if compared else ())
            ],
            done=done,
            form={**asked.typed, **(typed or {})},
            errors=errors,
            here="admin",
        )
