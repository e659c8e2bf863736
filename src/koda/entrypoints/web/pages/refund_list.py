"""Everybody's refunds."""

from collections.abc import Sequence

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_refunds import BookedRefund, ViewRefunds, arrived_in_all
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.ports.clock import Clock

MOST_DAYS = 31
"""Days that are shown at once: each refund takes a read of its order."""


@frozen
class RefundListPages:
    """What was refunded in the days that are asked for: when, by whom, why, under which id."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewRefunds
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/refunds", "refund_list", self.refunds)

    def refunds(self) -> ResponseReturnValue:
        """Show those of the days, latest first; of the month that is not over, unless asked."""
        principal, now = self.visitors.required(), self.clock()
        self.authorize(principal, Permission.READ_MONEY)
        asked = AskedDays.of_request().or_else(now.date().replace(day=1), now.date())
        try:
            period = asked.period(now).at_most(MOST_DAYS)
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(asked, errors=refusal.faults), refusal.status
        refunds = tuple(self.view(principal, period))[::-1]
        assigns = self.authorize.allows(principal, Permission.REFUND_ANY_AMOUNT)
        return self._page(asked, refunds, assigns=assigns)

    def _page(
        self,
        asked: AskedDays,
        refunds: Sequence[BookedRefund] = (),
        errors: Sequence[Fault] = (),
        *,
        assigns: bool = False,
    ) -> str:
        return self.render(
            "refund_list",
            refunds=refunds,
            totals=arrived_in_all(refunds),
            people=self.view.deciders(refunds),
            assigns=assigns,
            form=asked.typed,
            errors=errors,
            here="admin",
        )
