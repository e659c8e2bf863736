"""Refunds that buyers ask for, and the answers of sellers and of the marketplace."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import Conflict, ConflictOfInterest, RefundRequestOver
from koda.domain.model.identifiers import OrderId
from koda.domain.model.order_lines import line_number
from koda.domain.model.people import Principal
from koda.domain.model.requested_refunds import MOST_REQUESTS_OF_LINE
from koda.domain.model.roles import Permission
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.buying.ask_for_refund import AskForRefund
from koda.domain.usecases.buying.withdraw_refund_request import WithdrawRefundRequest
from koda.domain.usecases.money.refuse_refund import RefuseRefund
from koda.domain.usecases.money.view_requested_refunds import (
    ViewRequestedRefunds,
    WaitingRequest,
)
from koda.entrypoints.web.errors import status_of
from koda.entrypoints.web.forms import REFUSALS, UNTRIED, Refusal, Typed
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message, leave_text
from koda.entrypoints.web.pages.refund_obstacles import barred_lines
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.wording import sentence_of

MOST_SHOWN = 50
"""Requests on a page: those whose answer is due first; each that is answered makes room."""


@frozen
class AskForRefundPages:
    """The form by which a buyer asks for a refund of a line, and the button that takes it back."""

    render: Renderer
    visitors: Visitors
    ask: AskForRefund
    withdraw: WithdrawRefundRequest

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        line = "/orders/<order_id>/lines/<line>/request"
        blueprint.add_url_rule(line, "ask_refund", self.form)
        blueprint.add_url_rule(line, "ask_refund_sent", self.sent, methods=["POST"])
        blueprint.add_url_rule(
            f"{line}/withdraw", "withdraw_request", self.withdrawn, methods=["POST"]
        )

    def form(self, order_id: str, line: str) -> ResponseReturnValue:
        """Ask why, and say who answers until when; or say why nothing can be asked for."""
        return self._asking(OrderId(order_id), line_number(line), {})

    def sent(self, order_id: str, line: str) -> ResponseReturnValue:
        """Ask for it, or say why not."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        about = OrderId(order_id), line_number(line)
        try:
            self.ask(principal, *about, typed["reason"])
        except REFUSALS as error:
            return self._asking(*about, typed.values, Refusal.of(error))
        leave_message(sentence("The seller was asked for a refund. You are told the answer."))
        return redirect(link_to("order", order_id), 303)

    def withdrawn(self, order_id: str, line: str) -> ResponseReturnValue:
        """Take it back, or say that it is over."""
        try:
            self.withdraw(self.visitors.required(), OrderId(order_id), line_number(line))
        except RefundRequestOver as over:
            leave_text(sentence_of(over), "bad")
        else:
            leave_message(sentence("You ask for this refund no more."))
        return redirect(link_to("order", order_id), 303)

    def _asking(
        self, order_id: OrderId, line: int, form: Mapping[str, str], refusal: Refusal = UNTRIED
    ) -> ResponseReturnValue:
        order, sold = self.ask.line(self.visitors.required(), order_id, line)
        shown = {"order": order, "line": sold, "here": "library"}
        try:
            terms = self.ask.terms(order, sold)
        except Conflict as obstacle:
            most, said = MOST_REQUESTS_OF_LINE, sentence_of(obstacle)
            return self.render("ask_no_refund", **shown, said=said, most=most), status_of(obstacle)
        page = self.render("ask_refund", **shown, terms=terms, form=form, errors=refusal.faults)
        return page, refusal.status


@frozen
class RequestedRefundPages:
    """The requests that wait for an answer, a seller's own or everybody's, and the form for a no.

    The form of a refund is the yes.
    """

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewRequestedRefunds
    refuse: RefuseRefund

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sales/requests", "own_requests", self.own)
        blueprint.add_url_rule("/admin/requests", "requests", self.everybodys)
        line = "/orders/<order_id>/lines/<line>/request/refuse"
        blueprint.add_url_rule(line, "refuse_refund", self.form)
        blueprint.add_url_rule(line, "refuse_refund_sent", self.sent, methods=["POST"])

    def own(self) -> ResponseReturnValue:
        """Show those about what the visitor sold."""
        return self._listing(self.view.of_seller(self.visitors.required()), here="sales")

    def everybodys(self) -> ResponseReturnValue:
        """Show everybody's."""
        return self._listing(self.view(self.visitors.required()), here="admin")

    def form(self, order_id: str, line: str) -> ResponseReturnValue:
        """Ask why it is refused."""
        return self._refusing(OrderId(order_id), line_number(line), {})

    def sent(self, order_id: str, line: str) -> ResponseReturnValue:
        """Refuse it, or say why that cannot be."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        about = OrderId(order_id), line_number(line)
        try:
            self.refuse(principal, *about, typed["reason"])
        except REFUSALS as error:
            return self._refusing(*about, typed.values, Refusal.of(error))
        leave_message(sentence("The refund was refused. The buyer is told why."))
        return redirect(self._way_back(principal), 303)

    def _way_back(self, principal: Principal) -> str:
        administers = self.authorize.allows(principal, Permission.READ_MONEY)
        return link_to("requests" if administers else "own_requests")

    def _listing(self, waiting: Sequence[WaitingRequest], here: str) -> str:
        principal = self.visitors.required()
        assigns = self.authorize.allows(principal, Permission.REFUND_ANY_AMOUNT)
        return self.render(
            "requested_refunds",
            waiting=[
                (
                    request,
                    barred_lines(request.order, principal, assigns=assigns).get(
                        request.line.number
                    ),
                )
                for request in waiting[:MOST_SHOWN]
            ],
            more=max(len(waiting) - MOST_SHOWN, 0),
            here=here,
        )

    def _refusing(
        self, order_id: OrderId, line: int, form: Mapping[str, str], refusal: Refusal = UNTRIED
    ) -> ResponseReturnValue:
        principal = self.visitors.required()
        try:
            order, request = self.refuse.offer(principal, order_id, line)
        except (ConflictOfInterest, RefundRequestOver) as obstacle:
            leave_text(sentence_of(obstacle), "bad")
            return redirect(self._way_back(principal), 303)
        page = self.render(
            "refuse_refund",
            order=order,
            line=order.line(line),
            barred=line in barred_lines(order, principal, assigns=False),
            asked=request,
            back=self._way_back(principal),
            form=form,
            errors=refusal.faults,
        )
        return page, refusal.status
