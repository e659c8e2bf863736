"""One thing of the provider's that cannot be read keeps nobody from the others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import CorruptRecord, NotFound, PaymentUnreadable
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import CheckoutSessionId, OrderId
from koda.domain.model.movements import TransferSeen
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerLine, ProviderBalance
from koda.domain.model.unreadable import Unreadable, UnreadableKind
from koda.domain.usecases.money.check_books import SETTLING
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.provider_ledger import ProviderLedger
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

DAY = timedelta(days=1)
AGES = Period(NOON - 1000 * DAY, NOON + 1000 * DAY)


@frozen
class OddLedger(ProviderLedger):
    """Begins with a line that cannot be read."""

    ledger: ProviderLedger
    odd: Unreadable

    def lines(self, period: Period) -> Iterator[LedgerLine | Unreadable]:
        """The odd one first."""
        yield self.odd
        yield from self.ledger.lines(period)

    def balances(self) -> tuple[ProviderBalance, ...]:
        """As they are."""
        return self.ledger.balances()


@frozen
class OddPayments:
    """Shows one thing that cannot be read in front of the others, wherever many are asked for.

    If that is a payment, it is told in place of all of them, and nobody can find it either.
    """

    payments: Payments
    odd: Unreadable

    def __getattr__(self, name: str) -> object:
        return getattr(self.payments, name)

    def opened(self, period: Period) -> Iterator[Payment | Unreadable]:
        """Nothing else, where a payment is odd."""
        if self.odd.kind is UnreadableKind.PAYMENT:
            yield self.odd
        else:
            yield from self.payments.opened(period)

    def find(self, session_id: CheckoutSessionId) -> Payment:
        """Not the odd one."""
        if self.odd.reference == session_id:
            raise PaymentUnreadable(reference=session_id, problem="of no currency")
        return self.payments.find(session_id)

    def transferred(self, period: Period) -> Iterator[TransferSeen | Unreadable]:
        """The odd one first."""
        if self.odd.kind is UnreadableKind.TRANSFER:
            yield self.odd
        yield from self.payments.transferred(period)

    def fraud_warnings(self, period: Period) -> Iterator[FraudWarning | Unreadable]:
        """The odd one first."""
        if self.odd.kind is UnreadableKind.FRAUD_WARNING:
            yield self.odd
        yield from self.payments.fraud_warnings(period)


@frozen
class OddOrders:
    """Finds every record corrupt that is asked for by its id."""

    orders: Orders

    def __getattr__(self, name: str) -> object:
        return getattr(self.orders, name)

    def get(self, order_id: OrderId) -> Order:
        """None that can be read."""
        raise CorruptRecord("order", order_id, "of no buyer")


def odd(kind: UnreadableKind, reference: str = "odd_1") -> Unreadable:
    """Something of no currency."""
    return Unreadable(kind, reference, "of no currency", NOON)


def with_odd_line(market: Marketplace, line: Unreadable) -> Marketplace:
    """The same market, whose provider's ledger has such a line."""
    return market.but(provider_ledger=OddLedger(market.provider_ledger, line))


def test_line_is_found_and_all_others_are_booked(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """With the id that the provider knows it by."""
    market.provider.ledger.charge_fee = 200
    market.capture(market.buy(bea, poster))
    odd_market = with_odd_line(market, odd(UnreadableKind.LEDGER_LINE))
    (finding,) = odd_market.reconcile_payments.recent().findings

    assert (finding.code, finding.order_id) == ("unreadable", None)
    assert "odd_1" in str(finding.message)
    assert market.check_books(AGES).agreed


@pytest.mark.parametrize(("days", "listed"), [(1, True), (400, False)])
def test_line_is_compared_with_nothing(
    market: Marketplace, bea: Principal, poster: Automation, days: int, *, listed: bool
) -> None:
    """Where it is of the days that are compared, they do not agree."""
    market.capture(market.buy(bea, poster))
    market.pass_time(seconds=1 + SETTLING.total_seconds())
    line = odd(UnreadableKind.LEDGER_LINE)
    since = NOON - DAY if listed else NOON + timedelta(seconds=1)
    checked = with_odd_line(market, line).check_books(Period(since, NOON + days * DAY))

    assert (line in checked.unreadable, checked.agreed) == (listed, not listed)


@pytest.mark.parametrize("kind", [UnreadableKind.TRANSFER, UnreadableKind.FRAUD_WARNING])
def test_all_that_can_be_read_is_recorded(
    market: Marketplace, bea: Principal, poster: Automation, kind: UnreadableKind
) -> None:
    """The payment, an early warning of fraud, and what comes after them."""
    order = market.capture(market.buy(bea, poster))
    market.provider.warn_of_fraud(session(order))
    reconciled = market.but(payments=OddPayments(market.payments, odd(kind))).reconcile_payments(
        AGES
    )

    assert [finding.code for finding in reconciled.findings] == ["unreadable"]
    assert reconciled.recorded == 1


def test_payment_is_asked_for_no_more_in_the_same_run(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Its order waits; others that are under way are looked at."""
    unread, other = market.order(bea, poster), market.order(market.person("fay"), poster)
    market.provider.pay(session(other))
    market.pass_time(hours=26)
    payments = OddPayments(market.payments, odd(UnreadableKind.PAYMENT, session(unread)))
    reconciled = market.but(payments=payments).reconcile_payments.recent()

    assert [finding.code for finding in reconciled.findings] == ["unreadable"]
    assert market.orders.get(other.id).settled


def test_order_of_long_ago_stops_no_run(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Its payment is listed no more and cannot be read; it is found, and others are recorded."""
    unread = market.order(bea, poster)
    market.pass_time(hours=720)
    other = market.order(market.person("fay"), poster)
    market.provider.pay(session(other))
    market.pass_time(hours=1)
    odd_payment = odd(UnreadableKind.FRAUD_WARNING, session(unread))
    odd_market = market.but(payments=OddPayments(market.payments, odd_payment))
    reconciled = odd_market.reconcile_payments.recent()

    found = {(finding.code, finding.order_id) for finding in reconciled.findings}
    assert found == {("unreadable", unread.id), ("unreadable", None)}
    assert market.orders.get(other.id).settled


def test_payment_is_left_by_whoever_removes_what_is_old(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Somebody may have paid it; others that nobody paid go."""
    unread, other = market.order(bea, poster), market.order(market.person("fay"), poster)
    market.pass_time(hours=800)
    odd_payment = odd(UnreadableKind.PAYMENT, session(unread))
    odd_market = market.but(payments=OddPayments(market.payments, odd_payment))

    assert odd_market.tidy().orders == 1
    assert market.orders.get(unread.id) == unread
    with pytest.raises(NotFound):
        market.orders.get(other.id)


def test_record_that_is_corrupt_stops_no_run(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Of an order with transfers and a warning of fraud; each tells of it."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.warn_of_fraud(session(order))
    reconciled = market.but(orders=OddOrders(market.orders)).reconcile_payments.recent()

    told = {(finding.code, finding.order_id) for finding in reconciled.findings}
    assert told == {("corrupt_record", order.id)}
