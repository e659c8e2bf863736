"""Whether an order is in step with its payment, before anything is recorded."""

from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.refund_states import UNDONE

WAITING = frozenset({PaymentState.OPEN, PaymentState.PROCESSING})
"""Where nothing is to be recorded yet."""


def in_step(order: Order, payment: Payment) -> bool:
    """Whether recording the payment would change nothing, as far as can be told at a glance."""
    if payment.state in WAITING:
        return True
    if payment.state is not PaymentState.PAID:
        return order.state is not OrderState.OPEN
    paid, ordered = (payment.payment_id, payment.amount), (order.payment_id, order.total)
    return order.settled and paid == ordered and not (payment.refunds or payment.disputes)


def nothing_new(order: Order, payment: Payment) -> bool:
    """Whether the order is settled with each refund and dispute of the payment as it is now."""
    settlement = order.settlement
    known = {(refund.refund_id, refund.state) for refund in settlement.refunds}
    told = {(refund.id, refund.state) for refund in payment.refunds if refund.state not in UNDONE}
    return order.settled and told <= known and settlement.disputes == payment.disputes
