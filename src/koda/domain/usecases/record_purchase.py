"""Turning a payment into purchases."""

from collections.abc import Sequence

from attrs import frozen

from koda.domain.model.errors import StaleWrite
from koda.domain.model.identifiers import PaymentId, SessionId
from koda.domain.model.money import Money
from koda.domain.model.notices import DoublePaymentNotice, Notice, Receipt, SaleNotice
from koda.domain.model.orders import Order, OrderLine, OrderState, Share, shares_of
from koda.domain.model.payments import Payment, PaymentState, Refund, Transfer
from koda.domain.model.purchases import Purchase
from koda.ports.clock import Clock
from koda.ports.notices import Notices
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.purchases import Purchases


@frozen
class Recorded:
    """An order, and where the provider says that its money is."""

    order: Order
    payment: PaymentState


@frozen
class RecordPurchase:
    """Brings an order in step with what the provider holds.

    The webhook, the page after checkout and reconciliation all call it, at once and in any order;
    every step is idempotent under a key that follows from the order.
    """

    payments: Payments
    orders: Orders
    purchases: Purchases
    notices: Notices
    clock: Clock

    def __call__(self, session_id: SessionId) -> Recorded:
        """Record what was paid in the checkout session, pay the sellers, tell everybody.

        Raises:
            NotFound: no session or no order of ours.
            PaymentMismatch: what was paid is not what was ordered; nothing is handed over.
            PaymentRefused: the provider will not pass money on; somebody must look.
            Unavailable: something is down; calling again goes on where this stopped.
        """
        order = self.orders.find_by_checkout(session_id)
        if order is not None and order.settled:
            return Recorded(order, PaymentState.PAID)
        payment = self.payments.find(session_id)
        order = order or self.orders.get(payment.order_id)
        payment.check_session(order)
        return Recorded(self._follow(order, payment), payment.state)

    def _follow(self, order: Order, payment: Payment) -> Order:
        if payment.state is PaymentState.PAID:
            return self._settle(order, payment)
        if payment.state is PaymentState.EXPIRED:
            return self._close(order, OrderState.EXPIRED)
        if payment.state is PaymentState.FAILED:
            return self._close(order, OrderState.FAILED)
        return order

    def _close(self, order: Order, state: OrderState) -> Order:
        if order.state is not OrderState.OPEN:
            return order
        try:
            return self.orders.save(order.close(state))
        except StaleWrite:
            return self._close(self.orders.get(order.id), state)

    def _settle(self, order: Order, payment: Payment) -> Order:
        payment_id = payment.check(order)
        now = self.clock()
        recorded = self.purchases.record([Purchase.of(order, line, now) for line in order.lines])
        kept, doubles = _sorted_out(order, recorded)
        shares = shares_of(kept)
        self._give_back(order, payment_id, doubles)
        self._pass_on(order, payment_id, shares)
        settled = self._save(order, payment_id)
        if settled is None:
            return self.orders.get(order.id)
        for notice in _notices(settled, kept, doubles, shares):
            self.notices.send(notice)
        return settled

    def _give_back(self, order: Order, payment_id: PaymentId, doubles: Sequence[OrderLine]) -> None:
        for line in doubles:
            direct = order.destination is not None
            self.payments.refund(
                Refund(
                    order.id,
                    payment_id,
                    f"line-{line.number}",
                    line.price,
                    order.destination,
                    line.fee if direct else None,
                )
            )

    def _pass_on(self, order: Order, payment_id: PaymentId, shares: Sequence[Share]) -> None:
        if order.destination is not None:
            return
        for share in shares:
            if share.net.minor:
                self.payments.transfer(Transfer(order.id, payment_id, share.account_id, share.net))

    def _save(self, order: Order, payment_id: PaymentId) -> Order | None:
        """Save the order as settled; nothing if somebody else did, who then tells everybody."""
        while not order.settled:
            try:
                return self.orders.save(order.settle(payment_id, self.clock()))
            except StaleWrite:
                order = self.orders.get(order.id)
        return None


def _sorted_out(
    order: Order, recorded: Sequence[Purchase]
) -> tuple[list[OrderLine], list[OrderLine]]:
    pairs = list(zip(order.lines, recorded, strict=True))
    kept = [line for line, purchase in pairs if not purchase.double]
    return kept, [line for line, purchase in pairs if purchase.double]


def _notices(
    order: Order,
    kept: Sequence[OrderLine],
    doubles: Sequence[OrderLine],
    shares: Sequence[Share],
) -> list[Notice]:
    notices: list[Notice] = []
    for lines, kind in ((kept, Receipt), (doubles, DoublePaymentNotice)):
        if lines:
            total = Money.total((line.price for line in lines), order.currency)
            notices.append(kind(order.buyer_id, order.id, tuple(lines), total))
    for share in shares:
        sold = tuple(line for line in kept if line.seller_id == share.seller_id)
        notices.append(SaleNotice(share.seller_id, order.id, sold, share.net))
    return notices
