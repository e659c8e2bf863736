"""The basket and the way to the checkout."""

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue, KodaError
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.policy import Policy
from koda.domain.usecases.checkout import Checkout, CheckoutRequest
from koda.domain.usecases.view_basket import ViewBasket
from koda.entrypoints.web.baskets import basket_ids, put_in_basket, take_from_basket
from koda.entrypoints.web.errors import problem_of
from koda.entrypoints.web.forms import REFUSALS
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class BasketPages:
    """What the visitor is about to buy."""

    render: Renderer
    visitors: Visitors
    view: ViewBasket
    pay: Checkout
    policy: Policy

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/basket", "basket", self.basket)
        blueprint.add_url_rule("/basket/add", "basket_add", self.add, methods=["POST"])
        blueprint.add_url_rule("/basket/remove", "basket_remove", self.remove, methods=["POST"])
        blueprint.add_url_rule("/checkout", "checkout", self.checkout, methods=["POST"])

    def basket(self) -> ResponseReturnValue:
        """Show the lines, what stands in the way of each, and the total."""
        return self._page(None)

    def add(self) -> ResponseReturnValue:
        """Put one automation in the basket."""
        automation_id = AutomationId(request.form.get("automation_id", ""))
        try:
            put_in_basket(automation_id, self.policy.order_lines)
        except InvalidValue as error:
            return self._page(error)
        if request.form.get("then") == "stay":
            leave_message("It is in your basket.")
            return redirect(link_to("automation", automation_id), 303)
        return redirect(link_to("basket"), 303)

    def remove(self) -> ResponseReturnValue:
        """Take one automation out."""
        take_from_basket([AutomationId(request.form.get("automation_id", ""))])
        return redirect(link_to("basket"), 303)

    def checkout(self) -> ResponseReturnValue:
        """Lead the buyer to the payment page for what the basket page showed."""
        self.visitors.limit("checkout")
        try:
            order = self.pay(self.visitors.required(), self._request())
        except REFUSALS as error:
            return self._page(error)
        return redirect(order.checkout.url if order.checkout else link_to("order", order.id), 303)

    def _request(self) -> CheckoutRequest:
        ids = tuple(AutomationId(one) for one in request.form.getlist("automation_id"))
        return CheckoutRequest(automation_ids=ids, expected_total=self._expected())

    def _expected(self) -> Money | None:
        typed = request.form.get("expected_total", "")
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_MINOR))):
            raise InvalidValue("expected_total", "must be an amount in minor units")
        return self.policy.money(int(typed))

    def _page(self, error: KodaError | None) -> ResponseReturnValue:
        basket = self.view(self.visitors.current(), basket_ids())
        refusal = problem_of(error) if error else None
        problems = [problem_of(one.obstacle) if one.obstacle else None for one in basket.lines]
        page = self.render(
            "basket",
            lines=list(zip(basket.lines, problems, strict=True)),
            total=basket.total,
            payable=basket.ready,
            refusal=refusal,
            here="basket",
        )
        return page, refusal.status if refusal else 200
