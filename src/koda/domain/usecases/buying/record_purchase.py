"""Turning a payment into purchases."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from koda.domain.model.errors import PaymentRefused, StaleWrite
from koda.domain.model.identifiers import CheckoutSessionId, PaymentId, UserId
from koda.domain.model.order_lines import OrderLine, Share, shares_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import Payment, PaymentState, Refund, Transfer
from koda.domain.model.purchases import Purchase
from koda.domain.model.records import check_moved_on
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.purchases import Purchases


@frozen
class Recorded:
    """An order, and where the provider says that its money is."""

    order: Order
    payment: PaymentState


@frozen(eq=False, repr=False)
class RecordPurchase:
    """Brings an order in step with what the provider holds.

    The webhook, the page after checkout and reconciliation all call it, at once and in any order;
    every step is idempotent under a key that follows from the order. Whoever wants to know what
    happened subscribes to the domain events that the order and its purchases keep.
    """

    payments: Payments
    orders: Orders
    purchases: Purchases
    clock: Clock

    def __call__(self, session_id: CheckoutSessionId) -> Recorded:
        """Record what was paid in the checkout session, pay the sellers.

        Raises:
            NotFound: no session or no order of ours.
            PaymentMismatch: what was paid is not what was ordered; nothing is handed over.
            PaymentRefused: the provider will not move some of the money; the order is paid and
                all else is done, and somebody must look.
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
            return self.orders.save(*order.close(state, self.clock()))
        except StaleWrite:
            return self._close(self._changed(order), state)

    def _settle(self, order: Order, payment: Payment) -> Order:
        payment_id = payment.check(order)
        now = self.clock()
        recorded = self.purchases.record([Purchase.of(order, line, now) for line in order.lines])
        kept, doubles = _sorted_out(order, recorded)
        shares = shares_of(kept)
        back = [_refusal_of(partial(self._give_back, order, payment_id, line)) for line in doubles]
        held = self._pass_on(order, payment_id, shares)
        refusal = next(filter(None, (*back, *held.values())), None)
        numbers = tuple(line.number for line in doubles)
        saved = self._save(order, payment_id, tuple(held), numbers, settled=refusal is None)
        if refusal is not None:
            raise refusal
        return saved

    def _pass_on(
        self, order: Order, payment_id: PaymentId, shares: Sequence[Share]
    ) -> Mapping[UserId, PaymentRefused]:
        """Pass each share on, whatever becomes of the others; return who did not get theirs."""
        if order.destination is not None:
            return {}  # the charge itself has paid the seller
        refusals = {
            share.seller_id: _refusal_of(
                partial(
                    self.payments.transfer,
                    Transfer(order.id, payment_id, share.account_id, share.net),
                )
            )
            for share in shares
            if share.net.minor
        }
        return {seller: refusal for seller, refusal in refusals.items() if refusal is not None}

    def _give_back(self, order: Order, payment_id: PaymentId, line: OrderLine) -> None:
        """Refund a double, at the marketplace's cost if its seller has the money no more."""
        direct = order.destination is not None
        part, fee = f"line-{line.number}", line.fee if direct else None
        refund = Refund(order.id, payment_id, part, line.price, order.destination, fee)
        try:
            self.payments.refund(refund)
        except PaymentRefused:
            if not direct:
                raise
            self.payments.refund(evolve(refund, seller_pays=False))

    def _save(
        self,
        order: Order,
        payment_id: PaymentId,
        held: tuple[UserId, ...],
        doubles: tuple[int, ...],
        *,
        settled: bool,
    ) -> Order:
        """The order as it is kept: paid, settled if it is, and with whose share is held.

        Whoever is first keeps it so, and with it what happened.
        """
        while not order.settled:
            # What was passed on once, by whomever, is not held again.
            paid = order.state is OrderState.PAID
            held = tuple(seller for seller in held if not paid or seller in order.held)
            if paid and not settled and held == order.held:
                break
            now = self.clock()
            step = (
                order.settle(payment_id, now, doubles=doubles)
                if settled
                else order.pay(payment_id, now, held=held, doubles=doubles)
            )
            try:
                return self.orders.save(*step)
            except StaleWrite:
                order = self._changed(order)
        return order

    def _changed(self, order: Order) -> Order:
        """The order as somebody else saved it meanwhile; raises `CorruptRecord` if nobody did."""
        changed = self.orders.get(order.id)
        check_moved_on("order", order.id, order.revision, changed.revision)
        return changed


def _sorted_out(
    order: Order, recorded: Sequence[Purchase]
) -> tuple[list[OrderLine], list[OrderLine]]:
    pairs = list(zip(order.lines, recorded, strict=True))
    kept = [line for line, purchase in pairs if not purchase.double]
    return kept, [line for line, purchase in pairs if purchase.double]


def _refusal_of(move: Callable[[], object]) -> PaymentRefused | None:
    """Move money; return why the provider will not, if so."""
    try:
        move()
    except PaymentRefused as refusal:
        return refusal
    return None
