"""Looking at what one began to pay for."""

from attrs import frozen

from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.ports.orders import Orders

MOST_SHOWN = 5


@frozen(eq=False, repr=False)
class ViewOpenOrders:
    """Shows a buyer their payments under way.

    The provider is not asked: whether one can still be paid, or is being processed, shows
    `ViewOrder`.
    """

    orders: Orders

    def __call__(self, principal: Principal) -> tuple[Order, ...]:
        """Return the newest five orders that are not known to be paid, or over."""
        return self.orders.open_of(principal.user_id, MOST_SHOWN)
