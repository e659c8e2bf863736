"""Recording early fraud warnings."""

from attrs import frozen

from koda.domain.model.errors import StaleWrite
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import FraudWarningId
from koda.domain.model.open_warnings import knows, with_warning
from koda.domain.model.records import check_moved_on
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments


@frozen(eq=False, repr=False)
class RecordFraudWarning:
    """Keeps that a card's issuer warned of the payment of an order, for a person to act on."""

    payments: Payments
    orders: Orders
    clock: Clock

    def __call__(self, warning_id: FraudWarningId) -> None:
        """Look a warning up and keep it with its order; one that is known changes nothing.

        Raises:
            NotFound: there is no such warning, or no such order.
            Unavailable: the provider or the store is down; calling again completes it.
        """
        self.keep(self.payments.fraud_warning(warning_id))

    def keep(self, warning: FraudWarning) -> bool:
        """Keep a warning with its order; return whether it is new there.

        Raises:
            NotFound: there is no such order.
            Unavailable: the store is down; calling again completes it.
        """
        order = self.orders.get(warning.order_id)
        while not knows(order, warning):
            try:
                self.orders.save(*with_warning(order, warning, self.clock()))
            except StaleWrite:
                changed = self.orders.get(order.id)
                check_moved_on("order", order.id, order.revision, changed.revision)
                order = changed
            else:
                return True
        return False
