"""Turning a payment into purchases."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from attrs import frozen

from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.books.recording import Recording, held_entries, recorded_entries
from koda.domain.model.books.returns import matched_entries, named_entries
from koda.domain.model.books.told_anew import told_anew
from koda.domain.model.changes import Change
from koda.domain.model.errors import AlreadyExists, NotFound, StaleWrite
from koda.domain.model.identifiers import CheckoutSessionId, PaymentId
from koda.domain.model.order_requests import closing_returned
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.outcomes import outcome_of
from koda.domain.model.paging import every
from koda.domain.model.paid_orders import UnsoldLines
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.domain.model.records import check_moved_on
from koda.domain.model.settlements import NOT_BEGUN, Settlement
from koda.domain.usecases.buying.settle_payment import SettlePayment
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.purchases import Purchases

_AT_ONCE = 100
"""Entries of the books that are read at once."""


@frozen
class Recorded:
    """An order, and where the provider says that its money is."""

    order: Order
    payment: PaymentState


@frozen(eq=False, repr=False)
class RecordPurchase:
    """Brings an order in step with what the provider holds, when it is paid and ever after.

    The webhook, the page after checkout and reconciliation all call it, at once and in any order;
    every step is idempotent under a key that follows from the order. What was kept changes only by
    what the provider says after it was read, so that an old answer never undoes a newer one.
    What an admin has suspended by the time at which the payment is recorded first is not delivered:
    its money goes back, whatever becomes of the listing later.
    Whoever wants to know what happened subscribes to the domain events that the order and its
    purchases keep.
    """

    payments: Payments
    automations: Automations
    orders: Orders
    purchases: Purchases
    settle: SettlePayment
    journal: Journal
    clock: Clock

    def __call__(self, session_id: CheckoutSessionId, *, booking: bool = False) -> Recorded:
        """Record what was paid in the checkout session, and what was given back or is disputed.

        With `booking` its entries are added also where nothing is new: the journal keeps what it
        lacks.

        Raises:
            NotFound: no session or no order of ours.
            PaymentMismatch: what was paid is not what was ordered; nothing is handed over.
            Unavailable: something is down; calling again goes on where this stopped.
        """
        order = self.orders.find_by_checkout(session_id)
        payment = self.payments.find(session_id)
        if order is None:
            order = self.orders.get(payment.order_id)
            payment = self.payments.find(session_id)
        while True:
            payment.check_session(order)
            try:
                return Recorded(self._follow(order, payment, booking=booking), payment.state)
            except StaleWrite:
                order = self._changed(order)
                payment = self.payments.find(session_id)

    def of_charge(self, payment_id: PaymentId) -> Recorded:
        """Record what became of a charge, by the order that it names; raises as the call does."""
        order = self.orders.get(self.payments.order_of(payment_id))
        if order.checkout is None:
            raise NotFound("checkout session", order.id)
        return self(order.checkout.id)

    def _follow(self, order: Order, payment: Payment, *, booking: bool) -> Order:
        if payment.state is PaymentState.PAID:
            return self._settle(order, payment, booking=booking)
        if payment.state is PaymentState.EXPIRED:
            return self._close(order, OrderState.EXPIRED)
        if payment.state is PaymentState.FAILED:
            return self._close(order, OrderState.FAILED)
        return order

    def _close(self, order: Order, state: OrderState) -> Order:
        if order.state is not OrderState.OPEN:
            return order
        return self.orders.save(*order.close(state, self.clock()))

    def _settle(self, before: Order, payment: Payment, *, booking: bool) -> Order:
        payment_id = payment.check(before)
        order = self._told_anew(before)
        payment, recorded = self._record(order, payment)
        settled = self.settle(order, payment, UnsoldLines.of(recorded))
        self._bring_in_step(recorded, settled.outcome.states, settled.settlement)
        now = self.clock()
        step = closing_returned(order.pay(payment_id, now, settled.settlement), now)
        never_sold = tuple(purchase.line for purchase in recorded if purchase.never_sold)
        recording = Recording(before, step.state, payment_id, settled.payment, never_sold, now)
        if booking or recording.unbooked:
            # So an order that is settled has its entries, and another look at it asks for none.
            named = named_entries(step.state, settled.payment, never_sold, now)
            self.journal.add((*recorded_entries(recording), *named))
        saved = before if step.state == before else self.orders.save(*step)
        # Of which lines other money went back is decided once it is kept, and looked at ever after.
        matched = matched_entries(saved, settled.payment, never_sold, now)
        if kept := (*held_entries(saved, now), *matched):
            self.journal.add(kept)
        return saved

    def _told_anew(self, order: Order) -> Order:
        """The order in step with the books, where a call was cut off after it wrote them."""
        if not (order.settlement.held or order.settlement.owed):
            return order
        entries = every(partial(self.journal.entries, EntryQuery.of_order(order.id), _AT_ONCE))
        return told_anew(order, {entry.key for entry in entries}, self.clock())

    def _record(self, order: Order, payment: Payment) -> tuple[Payment, Sequence[Purchase]]:
        """Record a purchase a line, and bring those that were recorded before in step."""
        while True:
            states = outcome_of(order, payment).states
            recorded = self.purchases.record(self._bought(order, states))
            if not any(purchase.follows(states[purchase.line]) for purchase in recorded):
                return payment, recorded
            # What was read before the purchases were may be older than they are.
            payment = self.payments.find(payment.session_id)
            self._bring_in_step(recorded, outcome_of(order, payment).states)

    def _bought(self, order: Order, states: Mapping[int, PurchaseState]) -> Sequence[Purchase]:
        """What a payment gives, line by line, if it is not recorded yet."""
        now, undeliverable = self.clock(), self._undeliverable(order)
        bought = [Purchase.of(order, line, now, states[line.number]) for line in order.lines]
        return [
            purchase.as_undeliverable() if purchase.line in undeliverable else purchase
            for purchase in bought
        ]

    def _undeliverable(self, order: Order) -> Collection[int]:
        """The lines whose listing an admin has stopped; once it is recorded, those of then."""
        if order.settlement != NOT_BEGUN:
            return order.undeliverable
        listings = self.automations.some(order.automation_ids)
        stopped = {listing.id for listing in listings.values() if listing.suspended}
        return [line.number for line in order.lines if line.automation_id in stopped]

    def _bring_in_step(
        self,
        purchases: Iterable[Purchase],
        states: Mapping[int, PurchaseState],
        settlement: Settlement | None = None,
    ) -> None:
        """Keep each as its payment makes it; what of it went back the `settlement` tells."""
        for purchase in purchases:
            after = purchase
            if settlement is not None:
                after = purchase.less(settlement.returned(purchase.line, purchase.price.currency))
            change = after.became(states[purchase.line], self.clock())
            if change.state != purchase:
                self._change(purchase, change)

    def _change(self, purchase: Purchase, change: Change[Purchase]) -> None:
        """Keep the next state of a purchase, unless somebody else did."""
        try:
            self._save(purchase, change)
        except StaleWrite:
            changed = self.purchases.get(purchase.id)
            check_moved_on("purchase", purchase.id, purchase.revision, changed.revision)

    def _save(self, purchase: Purchase, change: Change[Purchase]) -> None:
        try:
            self.purchases.save(*change)
        except AlreadyExists:
            # The buyer bought it anew meanwhile: of the two, this one goes back.
            self.purchases.save(purchase.as_double())

    def _changed(self, order: Order) -> Order:
        """The order as somebody else saved it meanwhile; raises `CorruptRecord` if nobody did."""
        changed = self.orders.get(order.id)
        check_moved_on("order", order.id, order.revision, changed.revision)
        return changed
