"""The checkout session of an order."""

from koda.domain.model.identifiers import CheckoutSessionId
from koda.domain.model.orders import Order


def session(order: Order) -> CheckoutSessionId:
    """The id of the order's checkout session."""
    assert order.checkout is not None
    return order.checkout.id
