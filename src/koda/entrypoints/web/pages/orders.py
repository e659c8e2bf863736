"""The page that a buyer comes back to from paying."""

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import NotForSale, NotFound
from koda.domain.model.identifiers import AutomationId, OrderId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.usecases.buying.ask_for_refund import AskForRefund
from koda.domain.usecases.buying.record_purchase import Recorded
from koda.domain.usecases.buying.view_basket import ViewBasket
from koda.domain.usecases.buying.view_order import ViewOrder
from koda.entrypoints.web.baskets import basket_ids, take_from_basket
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class OrderPages:
    """What became of an order."""

    render: Renderer
    visitors: Visitors
    view: ViewOrder
    ask: AskForRefund
    basket: ViewBasket

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/orders/<order_id>", "order", self.order)

    def order(self, order_id: str) -> ResponseReturnValue:
        """Show whether it is paid, and what to do if not; what is paid leaves the basket."""
        buyer = self.visitors.required()
        recorded = self.view(buyer, OrderId(order_id))
        order = recorded.order
        if order.state is OrderState.PAID:
            take_from_basket(line.automation_id for line in order.lines)
        unpaid = recorded.payment is PaymentState.OPEN and order.checkout is not None
        back = _arrived(order)
        return self.render(
            "order",
            order=order,
            arrived=back,
            on_its_way=order.refunded - back,
            questioned=_questioned(order),
            waiting={refund.line for refund in order.settlement.due},
            gone=self._gone(buyer, order),
            may_ask=self.ask.lines(order),
            state=state_of(recorded),
            pay_url=order.checkout.url if unpaid and order.checkout else None,
            in_basket=any(line.automation_id in basket_ids() for line in order.lines),
        )

    def _gone(self, buyer: Principal, order: Order) -> set[AutomationId]:
        """What of an order that was not paid cannot be bought any more."""
        if order.state in {OrderState.OPEN, OrderState.PAID}:
            return set()
        basket = self.basket(buyer, tuple(line.automation_id for line in order.lines))
        over = NotFound, NotForSale
        return {line.automation_id for line in basket.lines if isinstance(line.obstacle, over)}


def _arrived(order: Order) -> Money:
    """What of an order its buyer has again by refunds."""
    arrived = (refund.amount for refund in order.settlement.refunds if refund.arrived)
    return Money.total(arrived, order.currency)


def _questioned(order: Order) -> Money:
    """What of an order its buyer's bank has taken, and may give back."""
    disputes = (dispute.amount for dispute in order.settlement.disputes if dispute.open)
    return Money.total(disputes, order.currency)


def state_of(recorded: Recorded) -> str:
    """Say where the order stands for its buyer: paid, waiting, failed or expired."""
    match recorded.order.state:
        case OrderState.PAID:
            return "paid"
        case OrderState.OPEN:
            return "waiting"
        case closed:
            return closed.value
