"""What sellers owe, and giving it up."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.sentences import sentence
from koda.domain.usecases.money.write_off_debt import WriteOffDebt
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class DebtPages:
    """The form by which an admin writes off what a seller owes of an order."""

    render: Renderer
    visitors: Visitors
    write_off: WriteOffDebt

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        debt = "/admin/orders/<order_id>/debts/<seller_id>"
        blueprint.add_url_rule(debt, "write_off", self.form)
        blueprint.add_url_rule(debt, "write_off_sent", self.sent, methods=["POST"])

    def form(self, order_id: str, seller_id: str) -> ResponseReturnValue:
        """Say how much it is, and ask why it is given up."""
        return self._asking(OrderId(order_id), UserId(seller_id), {}, ())

    def sent(self, order_id: str, seller_id: str) -> ResponseReturnValue:
        """Write it off, or say why not."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        about = OrderId(order_id), UserId(seller_id)
        try:
            self.write_off(principal, *about, typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._asking(*about, typed.values, refusal.faults), refusal.status
        leave_message(sentence("The debt is written off. Nobody asks the seller for it any more."))
        return redirect(link_to("order_history", order_id), 303)

    def _asking(
        self, order_id: OrderId, seller_id: UserId, form: Mapping[str, str], errors: Sequence[Fault]
    ) -> str:
        order, owed = self.write_off.offer(self.visitors.required(), order_id, seller_id)
        return self.render(
            "write_off", order=order, owed=owed, form=form, errors=errors, here="admin"
        )
