"""Finding what no message told: payments never recorded, and orders that nobody ended."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from attrs import define, field, frozen

from koda.domain.model.doubled_transfers import doubled_for, owing_double
from koda.domain.model.errors import (
    AlreadyExists,
    KodaError,
    NotFound,
    PaymentUnreadable,
    Refused,
    Unavailable,
)
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, UserId
from koda.domain.model.in_step import WAITING, in_step, nothing_new
from koda.domain.model.movements import TransferSeen
from koda.domain.model.open_warnings import knows
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.periods import Period
from koda.domain.model.reconciliations import Finding, Reconciled
from koda.domain.model.unreadable import Unreadable
from koda.domain.usecases.buying.close_checkout import PAYING, CloseCheckout
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.book_provider_ledger import BookProviderLedger
from koda.domain.usecases.money.compare_orders import CompareOrders
from koda.domain.usecases.money.record_fraud_warning import RecordFraudWarning
from koda.domain.usecases.money.take_back_doubles import TakeBackDouble
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.payments import Payments

T = TypeVar("T")

LONGEST_SESSION = timedelta(hours=24)
"""How long a checkout session may live before it is paid: `expires_at` of
https://docs.stripe.com/api/checkout/sessions/create."""
OPENING = timedelta(hours=1)
"""Longer than it takes from an order to its checkout session, by the provider's own clock."""
RECENT = timedelta(days=1)
"""How far back whoever works by itself looks, beside all that is under way."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The earliest time that a provider is asked about."""


def _unheard(_: Reconciled) -> None:
    """Tell nobody how far it came."""


@frozen(eq=False, repr=False)
class ReconcilePayments:
    """Compares orders with their payments, and records what is not in step.

    Any number of runs at once do together what one would do, and one that is cut off is completed
    by the next: whatever is recorded is recorded once. The provider is asked one thing at a time.
    """

    payments: Payments
    orders: Orders
    record: RecordPurchase
    close: CloseCheckout
    take_back: TakeBackDouble
    warn: RecordFraudWarning
    compare: CompareOrders
    book: BookProviderLedger
    clock: Clock

    def __call__(
        self,
        period: Period,
        *,
        dry_run: bool = False,
        told: Callable[[Reconciled], object] = _unheard,
    ) -> Reconciled:
        """Compare what could be paid in a period, and all before its end that is under way.

        First come the provider's checkout sessions, also those that were opened so long before the
        period that they could be paid in it; then the orders that are paid and not settled, or open
        past their end. The journal is asked about each paid order that is in step, in one call,
        and gets what it lacks. `told` hears after each of them how far it came. Transfers of the
        period that were made twice are taken back, and early fraud warnings kept. At last what only
        the provider's ledger tells of the period is booked, if the provider lets it be read. A dry
        run looks, and records nothing.

        Raises:
            Unavailable: the store or the provider is down; what went before that is recorded.
        """
        return _Run(self, period, dry_run, told).all()

    def recent(self) -> Reconciled:
        """Compare the payments of the last day, and all orders that are under way.

        The journal is asked of none that is in step: it is their turn with `earlier` soon.
        """
        now = self.clock()
        run = _Run(self, Period(now - RECENT, now), dry_run=False, told=_unheard, with_books=False)
        return run.all()

    def earlier(self, days: int) -> Reconciled:
        """Compare the payments of one day, so many days before the last.

        So refunds and disputes are found that no message told, and what only the provider's ledger
        tells, and the journal gets what it lacks. What is under way is left to `recent`.
        """
        until = self.clock() - days * RECENT
        period = Period(until - RECENT, until)
        return _Run(self, period, dry_run=False, told=_unheard).all(under_way=False)


@define
class _Run:
    """One comparison, as far as it came."""

    use: ReconcilePayments
    period: Period
    dry_run: bool
    told: Callable[[Reconciled], object]
    with_books: bool = True
    so_far: Reconciled = field(factory=Reconciled, init=False)
    _recorded: set[OrderId] = field(factory=set, init=False)
    _unreadable: set[str] = field(factory=set, init=False)

    def all(self, *, under_way: bool = True) -> Reconciled:
        """Compare all, what is `under_way` too, and book what only the provider's ledger tells."""
        self.compare_payments()
        if under_way:
            self.compare_orders()
        self.compare_transfers()
        self.compare_warnings()
        self.book()
        return self.so_far

    def compare_payments(self) -> None:
        """Look at what the provider lists."""
        since = max(self.period.since - LONGEST_SESSION, _BEGINNING)
        opened = self.use.payments.opened(Period(since, self.period.until + OPENING))
        for payment in self._readable(opened):
            self._look(payment.order_id, partial(self._of_payment, payment))
            undone = payment.reversals, payment.fee_returns
            self.so_far = self.so_far.also(*Finding.of_by_hand(payment.order_id, *undone))

    def compare_orders(self) -> None:
        """Look at what is under way here."""
        for order in self.use.orders.under_way(self.period.until):
            unread = order.checkout is not None and order.checkout.id in self._unreadable
            waits = order.state is OrderState.OPEN and order.payable(self.use.clock())
            if not (unread or waits or order.id in self._recorded):
                self._look(order.id, partial(self._of_order, order))

    def compare_transfers(self) -> None:
        """Look whether the provider made a transfer twice, or somebody took of it by hand."""
        for made in self._readable(self.use.payments.transferred(self.period)):
            by_hand = Finding.of_by_hand(made.order_id, made.reversals)
            self.so_far = self.so_far.also(*by_hand)
            self._look(made.order_id, partial(self._of_transfer, made))

    def compare_warnings(self) -> None:
        """Look for early fraud warnings of which no message told, if they may be read."""
        try:
            for warning in self._readable(self.use.payments.fraud_warnings(self.period)):
                self._look(warning.order_id, partial(self._of_warning, warning))
        except Refused as refusal:
            self.so_far = self.so_far.also(Finding.of_refused("warnings_refused", refusal))

    def _of_warning(self, warning: FraudWarning) -> Reconciled:
        with suppress(NotFound):  # of an order that is lost, which its payment tells
            known = self.dry_run and knows(self.use.orders.get(warning.order_id), warning)
            if not known and (self.dry_run or self.use.warn.keep(warning)):
                return self.so_far.recording()
        return self.so_far

    def book(self) -> None:
        """Enter what only the provider's ledger tells; where it may not be read, say so."""
        if self.dry_run:
            return
        try:
            unreadable = self.use.book(self.period)
            self.so_far = self.so_far.also(*map(Finding.of_unreadable, unreadable))
        except Refused as refusal:
            self.so_far = self.so_far.also(Finding.of_refused("ledger_refused", refusal))

    def _readable(self, things: Iterator[T | Unreadable]) -> Iterator[T]:
        """Those that can be read; of each other a person is told."""
        for thing in things:
            if isinstance(thing, Unreadable):
                self._unreadable.add(thing.reference)
                self.so_far = self.so_far.also(Finding.of_unreadable(thing))
            else:
                yield thing

    def _of_transfer(self, made: TransferSeen) -> Reconciled:
        try:
            order = self.use.orders.get(made.order_id)
        except NotFound:  # of an order that is lost, which its payment tells
            return self.so_far
        seller_id = doubled_for(order, made)
        if seller_id is None:
            return self.so_far
        if not (self.dry_run or self.use.take_back(made, seller_id)):
            return self._owing(made, seller_id)
        return self.so_far.recording() if made.left.minor else self.so_far

    def _owing(self, made: TransferSeen, seller_id: UserId) -> Reconciled:
        """Let the seller owe it, as whatever else cannot be reversed."""
        order = self.use.orders.get(made.order_id)
        if order.checkout is None or made.left != made.amount:
            return self.so_far.finding(Finding.of_doubled(made, seller_id))
        owing = self.use.orders.save(owing_double(order, made, seller_id))
        return self._record(owing, order.checkout.id)

    def _look(self, order_id: OrderId, look: Callable[[], Reconciled]) -> None:
        """Look at one of them; what stops its recording stops no other."""
        try:
            self.so_far = look()
        except KodaError as error:
            if isinstance(error, Unavailable) and not isinstance(error, PaymentUnreadable):
                raise
            self.so_far = self.so_far.finding(Finding.of_error(order_id, error))
        self.told(self.so_far)

    def _of_payment(self, payment: Payment) -> Reconciled:
        try:
            order = self.use.orders.get(payment.order_id)
        except NotFound:
            # Orders that nobody paid are dropped after a while.
            if payment.state not in PAYING:
                return self.so_far.in_step()
            return self._of_lost(payment)
        if order.created_at >= self.period.until:
            return self.so_far.in_step()
        if not in_step(order, payment):
            return self._record(order, payment.session_id)
        compared = self.with_books and payment.state is PaymentState.PAID
        if compared and not self.use.compare.agree(order):
            return self._book_again(payment.session_id)
        return self.so_far.in_step()

    def _book_again(self, session_id: CheckoutSessionId) -> Reconciled:
        if self.dry_run or self.use.compare.agree(self.use.record(session_id, booking=True).order):
            return self.so_far.recording()
        return self.so_far.in_step()  # an entry by hand, of which the check of the books tells

    def _of_lost(self, payment: Payment) -> Reconciled:
        """Rebuild an order that the store has lost, once it is paid, and record it.

        It is kept as paid at once, so that no open order for the same stands in its way; those are
        closed. Who paid such a one, too, paid twice.
        """
        if payment.state is not PaymentState.PAID:
            return self.so_far.finding(Finding.of_unknown(payment))
        try:
            order = self.use.payments.order_sold(payment.session_id)
        except NotFound:
            return self.so_far.finding(Finding.of_unknown(payment))
        paid = order.found_paid(payment.check(order), self.use.clock())
        if self.dry_run:
            return self.so_far.recording()
        with suppress(AlreadyExists):  # another run was quicker
            self.use.orders.add(paid)
        for rival in self.use.close.rivals(paid):
            self.use.close(rival)
        return self._record(paid, payment.session_id)

    def _of_order(self, order: Order) -> Reconciled:
        if order.checkout is not None:
            return self._record(order, order.checkout.id)
        if not self.dry_run:
            self.use.close(order)
        return self.so_far.recording()

    def _record(self, order: Order, session_id: CheckoutSessionId) -> Reconciled:
        self._recorded.add(order.id)
        if self.dry_run:
            return self._preview(session_id)
        recorded = self.use.record(session_id)
        if recorded.payment in WAITING:
            return self.so_far.in_step()
        given_up = Finding.of_given_up(order, recorded.order)
        findings = (*Finding.of_order(recorded.order), *given_up)
        if recorded.order == order:
            return self.so_far.finding(*findings)
        return self.so_far.recording(*findings)

    def _preview(self, session_id: CheckoutSessionId) -> Reconciled:
        """What recording would find, with the order as it is."""
        payment = self.use.payments.find(session_id)
        order = self.use.orders.get(payment.order_id)
        payment.check_session(order)
        if payment.state is PaymentState.PAID:
            payment.check(order)
        if payment.state in WAITING or nothing_new(order, payment):
            return self.so_far.in_step()
        return self.so_far.recording(*Finding.of_order(order))
