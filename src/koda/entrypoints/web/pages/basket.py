"""The basket and the way to the checkout."""

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue, KodaError, NotAuthenticated
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence
from koda.domain.usecases.buying.checkout import Checkout, CheckoutRequest
from koda.domain.usecases.buying.view_basket import ViewBasket
from koda.domain.usecases.buying.view_open_orders import ViewOpenOrders
from koda.entrypoints.web.baskets import LONGEST_ID, basket_ids, put_in_basket, take_from_basket
from koda.entrypoints.web.errors import problem_of
from koda.entrypoints.web.forms import REFUSALS
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message, leave_text
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.sessions import drop, keep, kept
from koda.entrypoints.web.visitors import Visitors

INTENT = "checkout"
"""Under this name the session keeps what a visitor asked to pay for before signing in."""
_LONGEST_TOTAL = len(str(LARGEST_MINOR)) + 1


@frozen
class BasketPages:
    """What the visitor is about to buy."""

    render: Renderer
    visitors: Visitors
    view: ViewBasket
    under_way: ViewOpenOrders
    pay: Checkout
    policy: Policy

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/basket", "basket", self.basket)
        blueprint.add_url_rule("/basket/add", "basket_add", self.add, methods=["POST"])
        blueprint.add_url_rule("/basket/remove", "basket_remove", self.remove, methods=["POST"])
        blueprint.add_url_rule("/checkout", "checkout", self.checkout, methods=["POST"])
        blueprint.add_url_rule("/checkout", "checkout_resumed", self.resume)
        place = "/automations/<automation_id>/buy"
        blueprint.add_url_rule(place, "buy", self.buy, methods=["POST"])

    def basket(self) -> ResponseReturnValue:
        """Show the lines, what stands in the way of each, and the total."""
        drop(INTENT)
        return self._page(None)

    def add(self) -> ResponseReturnValue:
        """Put one automation in the basket."""
        automation_id = AutomationId(request.form.get("automation_id", ""))
        try:
            put_in_basket(automation_id, self.policy.order_lines)
        except InvalidValue as error:
            return self._page(error)
        if request.form.get("then") == "stay":
            leave_message(sentence("It is in your basket."))
            return redirect(link_to("automation", automation_id), 303)
        return redirect(link_to("basket"), 303)

    def remove(self) -> ResponseReturnValue:
        """Take one automation out."""
        take_from_basket([AutomationId(request.form.get("automation_id", ""))])
        return redirect(link_to("basket"), 303)

    def checkout(self) -> ResponseReturnValue:
        """Lead the buyer to the payment page for what the basket page showed.

        Whoever has yet to sign in does that first, and then goes on with what is in the basket.
        """
        ids = tuple(
            AutomationId(automation_id) for automation_id in request.form.getlist("automation_id")
        )
        try:
            return self._lead(ids)
        except NotAuthenticated:
            return self._sign_in_first("")
        except REFUSALS as error:
            return self._page(error)

    def buy(self, automation_id: str) -> ResponseReturnValue:
        """Lead the buyer to the payment page for one thing, whatever is in the basket."""
        wanted = AutomationId(automation_id)
        try:
            return self._lead((wanted,))
        except NotAuthenticated:
            return self._sign_in_first(wanted)
        except REFUSALS as error:
            return self._back_to(wanted, error)

    def resume(self) -> ResponseReturnValue:
        """Go on to the payment page once the visitor signed in, as they asked before.

        The intent was noted by a form of this site in this browser's session, and is good for one
        payment page: an address alone buys nothing.
        """
        intent = kept(INTENT)
        if intent is None:
            return redirect(link_to("basket"), 303)
        wanted, total = AutomationId(intent["automation_id"]), intent["total"]
        try:
            answer = self._lead((wanted,) if wanted else basket_ids(), total)
        except REFUSALS as error:
            drop(INTENT)
            return self._back_to(wanted, error) if wanted else self._page(error)
        drop(INTENT)
        return answer

    def _lead(self, ids: tuple[AutomationId, ...], total: str = "") -> ResponseReturnValue:
        buyer = self.visitors.required()
        self.visitors.limit("checkout")
        expected = self._expected(total or request.form.get("expected_total", ""))
        order = self.pay(buyer, CheckoutRequest(automation_ids=ids, expected_total=expected))
        return redirect(order.checkout.url if order.checkout else link_to("order", order.id), 303)

    def _sign_in_first(self, wanted: str) -> ResponseReturnValue:
        total = request.form.get("expected_total", "")[:_LONGEST_TOTAL]
        keep(INTENT, {"automation_id": wanted[:LONGEST_ID], "total": total})
        return redirect(link_to("checkout_resumed"), 303)

    def _back_to(self, automation_id: AutomationId, error: KodaError) -> ResponseReturnValue:
        leave_text(problem_of(error).detail, "bad")
        return redirect(link_to("automation", automation_id), 303)

    def _expected(self, typed: str) -> Money | None:
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_MINOR))):
            raise InvalidValue(
                "expected_total", sentence("is not the one of this page; look at the basket again")
            )
        return self.policy.money(int(typed))

    def _page(self, error: KodaError | None) -> ResponseReturnValue:
        buyer = self.visitors.current()
        basket = self.view(buyer, basket_ids())
        under_way = self.under_way(buyer) if buyer else ()
        refusal = problem_of(error) if error else None
        problems = [problem_of(line.obstacle) if line.obstacle else None for line in basket.lines]
        page = self.render(
            "basket",
            lines=list(zip(basket.lines, problems, strict=True)),
            total=basket.total,
            payable=basket.ready,
            refusal=refusal,
            under_way=under_way,
            begun={line.automation_id: order.id for order in under_way for line in order.lines},
            here="basket",
        )
        return page, refusal.status if refusal else 200
