"""Closing the ways to pay that something else has taken the place of."""

from contextlib import suppress

from attrs import frozen

from koda.domain.model.errors import NotFound, StaleWrite
from koda.domain.model.event import Event
from koda.domain.model.events import (
    DomainEvent,
    ListingHeld,
    ListingRejected,
    ListingSuspended,
    PayoutStatusChanged,
)
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.sellers import Sellers

PAYING = frozenset({PaymentState.PAID, PaymentState.PROCESSING})
"""Where the money of an order is that can be closed no more."""
MOST_OPEN = 100
"""Open orders of a buyer that are looked at; no two of them share a line, and all end in a day."""
SUPERSEDING: tuple[type[Event], ...] = (
    ListingSuspended,
    ListingHeld,
    ListingRejected,
    PayoutStatusChanged,
)
"""The events after which nobody may pay for what was open to be paid."""


@frozen(eq=False, repr=False)
class CloseCheckout:
    """Closes an open order, at the provider first, so that nobody pays it any more."""

    orders: Orders
    payments: Payments
    clock: Clock

    def __call__(self, order: Order) -> PaymentState:
        """Return where the order's money is: an order whose buyer was quicker stays as it is.

        An order that somebody else saved meanwhile is theirs to go on with.

        Raises:
            Unavailable: the provider or the store is down; calling again goes on.
        """
        state = self._close_at_provider(order)
        if state not in PAYING:
            with suppress(StaleWrite):
                self.orders.save(*order.close(OrderState.EXPIRED, self.clock()))
        return state

    def rivals(self, order: Order) -> tuple[Order, ...]:
        """Return the other open orders of its buyer that share a line with it: up to 100."""
        return tuple(
            other
            for other in self.orders.open_of(order.buyer_id, MOST_OPEN)
            if other.id != order.id and other.automation_ids & order.automation_ids
        )

    def _close_at_provider(self, order: Order) -> PaymentState:
        """A session that the provider forgot is as good as closed."""
        if order.checkout is None:
            return PaymentState.EXPIRED
        try:
            return self.payments.close_checkout(order.checkout.id).state
        except NotFound:
            return PaymentState.EXPIRED


@frozen(eq=False, repr=False)
class CloseSuperseded:
    """Subscriber that closes the open orders of what can be sold no more.

    That is a listing that was suspended or held for a review, and whatever is of a seller who
    cannot be paid. Who pays before the order is closed is a matter of `RecordPurchase`.
    """

    automations: Automations
    sellers: Sellers
    orders: Orders
    close: CloseCheckout

    def __call__(self, event: DomainEvent) -> None:
        """Close the open orders about the subject of `event`, unless it can be sold again.

        Raises:
            Unavailable: the provider or the store is down; calling again goes on.
        """
        if self._sells(event):
            return
        for order in self.orders.open_about(event.subject):
            self.close(order)

    def _sells(self, event: DomainEvent) -> bool:
        match event:
            case ListingSuspended() | ListingHeld() | ListingRejected():
                return self.automations.get(event.automation_id).for_sale
            case PayoutStatusChanged():
                seller = self.sellers.find(event.user_id)
                return seller is not None and seller.ready
            case _:
                return True
