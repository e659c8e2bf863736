"""Finding what was moved for an order by a call that was cut off."""

from attrs import evolve, frozen

from koda.domain.model.paid_orders import PaidOrder
from koda.domain.model.remembered import may_be_forgotten, remembered
from koda.ports.payments import Payments


@frozen(eq=False, repr=False)
class RememberMoved:
    """Tells an order of the transfers and reversals that were made for it and are not kept.

    So they are booked, and count for what each seller is due, also if what they were made for came
    to nothing, or the order was rebuilt.
    """

    payments: Payments

    def __call__(self, paid: PaidOrder) -> PaidOrder:
        """Return the order with what was made; its payment is never older than that.

        Raises:
            Unavailable: the provider did not answer.
        """
        forgotten = may_be_forgotten(paid)
        after = remembered(paid, self.payments.passed_on(paid.order.id) if forgotten else ())
        if after == paid:
            return paid
        # What was made for a newer refund must not be judged by an older payment.
        return evolve(after, payment=self.payments.find(paid.payment.session_id))
