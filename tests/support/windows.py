"""Two windows of one buyer, in which things are checked out at the very same moment."""

from typing import Any

from koda.domain.model.automations import Automation
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.testing.marketplace import Marketplace


class Answering:
    """A store that gives some answers of its own."""

    def __init__(self, store: Any, **answers: Any) -> None:
        self._store, self._answers = store, answers

    def __getattr__(self, name: str) -> Any:
        if name in self._answers:
            return lambda *_: self._answers[name]
        return getattr(self._store, name)


def order_in_another_window(market: Marketplace, buyer: Principal, *things: Automation) -> Order:
    """An order whose request saw no other open one, so that both can be paid."""
    return market.but(orders=Answering(market.orders, open_of=())).order(buyer, *things)
