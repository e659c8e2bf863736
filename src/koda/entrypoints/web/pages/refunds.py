"""Refunding lines of orders, by their seller or by somebody who looks after the marketplace."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import Conflict
from koda.domain.model.identifiers import OrderId, RefundId
from koda.domain.model.order_lines import line_number
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.assign_refund import AssignRefund, RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundPurchase, RefundRequest
from koda.entrypoints.web.errors import Fault, status_of
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.pages.refund_obstacles import BARRING, barred
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class RefundPages:
    """A form for the refund of a line, and one for a refund that belongs to no line."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    refund: RefundPurchase
    assign: AssignRefund

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        line = "/orders/<order_id>/lines/<line>/refund"
        blueprint.add_url_rule(line, "refund", self.refund_form)
        blueprint.add_url_rule(line, "refund_sent", self.refund_sent, methods=["POST"])
        unmatched = "/admin/orders/<order_id>/refunds/<refund_id>"
        blueprint.add_url_rule(unmatched, "assign_refund", self.assign_form)
        blueprint.add_url_rule(unmatched, "assign_refund_sent", self.assign_sent, methods=["POST"])

    def refund_form(self, order_id: str, line: str) -> ResponseReturnValue:
        """Ask how much goes back, and why."""
        principal = self.visitors.required()
        return self._refunding(principal, OrderId(order_id), line_number(line), {}, ())

    def refund_sent(self, order_id: str, line: str) -> ResponseReturnValue:
        """Refund it, or say why not."""
        principal, typed = self.visitors.required(), Typed.read("amount", "reason", "left")
        about, amount = (OrderId(order_id), line_number(line)), typed["amount"].strip() or None
        request = RefundRequest(*about, typed["reason"], amount, typed["left"] or None)
        try:
            order = self.refund(principal, request)
        except BARRING as error:
            return self._refunding(principal, *about, {}, (), error), status_of(error)
        except REFUSALS as error:
            refusal = Refusal.of(error)
            page = self._refunding(principal, *about, typed.values, refusal.faults)
            return page, refusal.status
        leave_message(
            sentence("The refund is under way. It is done once the bank has confirmed it.")
            if order.settlement.due
            else sentence("The refund is done. Banks take five to ten days to show it.")
        )
        return redirect(self._way_back(principal, order), 303)

    def assign_form(self, order_id: str, refund_id: str) -> ResponseReturnValue:
        """Ask for which lines a refund is, and how that is known."""
        principal = self.visitors.required()
        return self._assigning(principal, OrderId(order_id), RefundId(refund_id), {}, ())

    def assign_sent(self, order_id: str, refund_id: str) -> ResponseReturnValue:
        """Assign it, or say why not."""
        principal = self.visitors.required()
        order = self.assign.offer(principal, OrderId(order_id), RefundId(refund_id))
        fields = {line.number: f"line_{line.number}" for line in order.lines}
        typed = Typed.read("reason", *fields.values())
        amounts = {
            number: typed[field].strip() for number, field in fields.items() if typed[field].strip()
        }
        try:
            self.assign(
                principal,
                RefundAssignment(order.id, RefundId(refund_id), amounts, typed["reason"]),
            )
        except REFUSALS as error:
            refusal = Refusal.of(error)
            page = self._assigning(
                principal, order.id, RefundId(refund_id), typed.values, refusal.faults
            )
            return page, refusal.status
        leave_message(sentence("The refund is assigned. What was held moves now."))
        return redirect(link_to("order_history", order.id), 303)

    def _way_back(self, principal: Principal, order: Order) -> str:
        if self.authorize.allows(principal, Permission.READ_MONEY):
            return link_to("order_history", order.id)
        return link_to("sales")

    def _refunding(
        self,
        principal: Principal,
        order_id: OrderId,
        line: int,
        form: Mapping[str, str],
        errors: Sequence[Fault],
        obstacle: Conflict | None = None,
    ) -> str:
        offer = self.refund.offer(principal, order_id, line)
        obstacle = obstacle or offer.obstacle
        assigns = self.authorize.allows(principal, Permission.REFUND_ANY_AMOUNT)
        return self.render(
            "refund",
            offer=offer,
            barred=barred(obstacle, assigns=assigns) if obstacle else None,
            back=self._way_back(principal, offer.order),
            form=form,
            errors=errors,
        )

    def _assigning(
        self,
        principal: Principal,
        order_id: OrderId,
        refund_id: RefundId,
        form: Mapping[str, str],
        errors: Sequence[Fault],
    ) -> str:
        order = self.assign.offer(principal, order_id, refund_id)
        return self.render(
            "assign_refund",
            order=order,
            refund_id=refund_id,
            amount=self.assign.amount(order, refund_id),
            form=form,
            errors=errors,
            here="admin",
        )
